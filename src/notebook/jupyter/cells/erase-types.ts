// Turns TypeScript into JavaScript by putting spaces where types stand, so that every line and column stays. Knows nothing
// of cells. What has a meaning of its own (enum, namespace, decorators, parameter properties) cannot be erased: it is
// listed for the caller to translate.
import ts from "@tslab/typescript-for-tslab";
import { blanked, type Edit } from "../errors/edited-text.js";

export interface Erasure {
  readonly edits: readonly Edit[];
  /** The outermost statements (or expressions) that need a translation instead. */
  readonly untouched: readonly ts.Node[];
}

/** The edits that erase the types of a node and of all that is in it. */
export function eraseTypes(root: ts.Node, source: ts.SourceFile): Erasure {
  const eraser = new Eraser(source);
  eraser.visit(root);
  return { edits: eraser.edits, untouched: eraser.untouched };
}

class Eraser {
  readonly edits: Edit[] = [];
  readonly untouched: ts.Node[] = [];
  private readonly text: string;

  constructor(private readonly source: ts.SourceFile) {
    this.text = source.text;
  }

  readonly visit = (node: ts.Node): void => {
    if (this.isTypeOnly(node)) {
      this.blankStatement(node);
      return;
    }
    if (hasMeaningOfItsOwn(node)) {
      this.untouched.push(node);
      return;
    }
    this.eraseParts(node);
    ts.forEachChild(node, (child) => {
      if (!ts.isTypeNode(child) || ts.isExpressionWithTypeArguments(child)) this.visit(child);
    });
  };

  private isTypeOnly(node: ts.Node): boolean {
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return true;
    if (ts.isImportDeclaration(node)) return node.importClause?.isTypeOnly === true;
    if (ts.isExportDeclaration(node)) return node.isTypeOnly;
    if (ts.isIndexSignatureDeclaration(node)) return true;
    if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isConstructorDeclaration(node)) {
      if (node.body === undefined) return true;
    }
    if (ts.isModuleDeclaration(node) && ts.isIdentifier(node.name) && !holdsValues(node)) return true;
    const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) : undefined;
    const has = (kind: ts.SyntaxKind): boolean => modifiers?.some((modifier) => modifier.kind === kind) === true;
    if (has(ts.SyntaxKind.DeclareKeyword)) return true;
    return ts.isClassElement(node) && has(ts.SyntaxKind.AbstractKeyword);
  }

  private eraseParts(node: ts.Node): void {
    if (ts.canHaveModifiers(node)) {
      for (const modifier of ts.getModifiers(node) ?? []) {
        if (typeModifiers.has(modifier.kind)) this.blank(modifier.getStart(this.source), modifier.end);
      }
    }
    if (ts.isHeritageClause(node)) {
      if (node.token === ts.SyntaxKind.ImplementsKeyword) this.blank(node.getStart(this.source), node.end);
      return;
    }
    if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) this.blankTail(node.expression.end, node.end, node);
    if (ts.isTypeAssertionExpression(node)) this.blank(node.getStart(this.source), node.expression.getFullStart());
    if (ts.isNonNullExpression(node)) this.blankTail(node.expression.end, node.end, node);
    this.eraseSignature(node);
    this.eraseTypeArguments(node);
  }

  private eraseSignature(node: ts.Node): void {
    const typed = node as Partial<{
      typeParameters: ts.NodeArray<ts.TypeParameterDeclaration>;
      type: ts.TypeNode;
      questionToken: ts.Node;
      exclamationToken: ts.Node;
    }>;
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) {
      const list = typed.typeParameters;
      if (list !== undefined) this.blankBrackets(list);
    }
    if (ts.isFunctionLike(node)) this.eraseThisParameter(node);
    const annotated =
      ts.isFunctionLike(node) ||
      ts.isParameter(node) ||
      ts.isVariableDeclaration(node) ||
      ts.isPropertyDeclaration(node);
    if (!annotated && !ts.isObjectLiteralElement(node)) return;
    for (const token of [typed.questionToken, typed.exclamationToken]) {
      if (token !== undefined) this.blank(token.getStart(this.source), token.end);
    }
    if (annotated && typed.type !== undefined) this.eraseAnnotation(node, typed.type);
  }

  private eraseAnnotation(node: ts.Node, type: ts.TypeNode): void {
    const colon = type.pos - 1;
    if (ts.isArrowFunction(node) && /[\r\n]/.test(this.text.slice(colon, node.equalsGreaterThanToken.pos))) {
      // No line break may stand between `)` and `=>`: the parenthesis moves to the end of the type.
      const parenthesis = this.text.lastIndexOf(")", colon);
      const gap = blanked(this.text.slice(parenthesis, type.end));
      this.edits.push({ start: parenthesis, end: type.end, text: `${gap.slice(0, -1)})` });
      return;
    }
    this.blankTail(colon, type.end, node);
  }

  private eraseThisParameter(node: ts.SignatureDeclaration): void {
    const first = node.parameters[0];
    if (first === undefined || !ts.isIdentifier(first.name) || first.name.text !== "this") return;
    const next = node.parameters[1];
    this.blank(first.getStart(this.source), next === undefined ? first.end : next.getStart(this.source));
  }

  private eraseTypeArguments(node: ts.Node): void {
    const takes =
      ts.isCallExpression(node) ||
      ts.isNewExpression(node) ||
      ts.isTaggedTemplateExpression(node) ||
      ts.isExpressionWithTypeArguments(node);
    if (takes && node.typeArguments !== undefined) this.blankBrackets(node.typeArguments);
  }

  private blankBrackets(list: ts.NodeArray<ts.Node>): void {
    this.blank(list.pos - 1, this.text.indexOf(">", list.end) + 1);
  }

  private blank(start: number, end: number): void {
    this.edits.push({ start, end, text: blanked(this.text.slice(start, end)) });
  }

  /** Blanks the end of a node; with a semicolon where the next line would otherwise continue the statement. */
  private blankTail(start: number, end: number, node: ts.Node): void {
    const rest = this.text.slice(end);
    const gap = /^(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/.exec(rest)![0];
    const continues = gap.includes("\n") && /^[([`+\-/*]/.test(rest.slice(gap.length));
    const text = blanked(this.text.slice(start, end));
    this.edits.push({ start, end, text: continues && endsStatement(node, end) ? `${text.slice(0, -1)};` : text });
  }

  private blankStatement(node: ts.Node): void {
    const start = node.getStart(this.source);
    const text = blanked(this.text.slice(start, node.end));
    // The line before may lack its semicolon, and the line after begin with a parenthesis.
    this.edits.push({ start, end: node.end, text: ts.isStatement(node) ? `;${text.slice(1)}` : text });
  }
}

const typeModifiers: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.PublicKeyword,
  ts.SyntaxKind.PrivateKeyword,
  ts.SyntaxKind.ProtectedKeyword,
  ts.SyntaxKind.ReadonlyKeyword,
  ts.SyntaxKind.OverrideKeyword,
  ts.SyntaxKind.AbstractKeyword,
]);

function hasMeaningOfItsOwn(node: ts.Node): boolean {
  if (ts.isEnumDeclaration(node) || ts.isModuleDeclaration(node) || ts.isImportEqualsDeclaration(node)) return true;
  if (ts.isJsxElement(node) || ts.isJsxSelfClosingElement(node) || ts.isJsxFragment(node)) return true;
  if (!ts.isClassLike(node)) return false;
  const decorated = (part: ts.Node): boolean => ts.canHaveDecorators(part) && ts.getDecorators(part) !== undefined;
  return (
    decorated(node) ||
    node.members.some(
      (member) =>
        decorated(member) ||
        hasAccessor(member) ||
        (ts.isConstructorDeclaration(member) &&
          member.parameters.some((parameter) => ts.isParameterPropertyDeclaration(parameter, member))),
    )
  );
}

/** `accessor x = 1`, which no JavaScript engine reads yet. */
function hasAccessor(member: ts.ClassElement): boolean {
  const modifiers = ts.canHaveModifiers(member) ? ts.getModifiers(member) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AccessorKeyword) === true;
}

/** Whether a namespace leaves anything at run time. */
export function holdsValues(node: ts.ModuleDeclaration): boolean {
  const body = node.body;
  if (body === undefined) return false;
  if (ts.isModuleDeclaration(body)) return holdsValues(body);
  if (!ts.isModuleBlock(body)) return false;
  return body.statements.some(
    (statement) =>
      !ts.isInterfaceDeclaration(statement) &&
      !ts.isTypeAliasDeclaration(statement) &&
      !(ts.isModuleDeclaration(statement) && !holdsValues(statement)),
  );
}

function endsStatement(node: ts.Node, end: number): boolean {
  let outer: ts.Node = node;
  while (!ts.isStatement(outer) && !ts.isClassElement(outer)) outer = outer.parent;
  return outer.end === end;
}
