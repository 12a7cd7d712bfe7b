// The names that a cell declares at its top level and the modules that it imports, read from its syntax alone.
import ts from "@tslab/typescript-for-tslab";
import { holdsValues } from "./erase-types.js";

/** How a name may change: a `let` is shared between cells as it is now, everything else as it was made. */
export type DeclarationKind = "fixed" | "variable" | "type";

export interface CellImport {
  readonly specifier: string;
  readonly statement: ts.ImportDeclaration;
  /** Local names by what they take of the module: an export's name, `default`, or `*` for all of it. */
  readonly bindings: readonly { readonly local: ts.Identifier; readonly takes: string }[];
}

export interface CellNames {
  readonly declared: ReadonlyMap<string, DeclarationKind>;
  readonly imports: readonly CellImport[];
  /** Names that the cell itself exports. */
  readonly exported: ReadonlySet<string>;
  /** Every identifier in the cell. */
  readonly mentioned: ReadonlySet<string>;
  readonly awaits: boolean;
}

export function cellNames(file: ts.SourceFile): CellNames {
  const declared = new Map<string, DeclarationKind>();
  const imports: CellImport[] = [];
  const exported = new Set<string>();
  const declare = (name: string, kind: DeclarationKind): void => {
    if (kind !== "type" || !declared.has(name)) declared.set(name, kind);
  };
  const bind = (name: ts.BindingName, kind: DeclarationKind, isExported: boolean): void => {
    if (!ts.isIdentifier(name)) {
      for (const element of name.elements) if (ts.isBindingElement(element)) bind(element.name, kind, isExported);
      return;
    }
    declare(name.text, kind);
    if (isExported) exported.add(name.text);
  };
  for (const statement of file.statements) {
    const isExported = hasModifier(statement, ts.SyntaxKind.ExportKeyword);
    if (ts.isVariableStatement(statement)) {
      const isDeclare = hasModifier(statement, ts.SyntaxKind.DeclareKeyword);
      const fixed = (statement.declarationList.flags & ts.NodeFlags.Const) !== 0;
      for (const { name } of statement.declarationList.declarations) {
        bind(name, isDeclare ? "type" : fixed ? "fixed" : "variable", isExported);
      }
    } else if (ts.isImportDeclaration(statement)) {
      const read = readImport(statement);
      imports.push(read);
      for (const { local } of read.bindings) declare(local.text, "fixed");
      for (const name of typeBindings(statement)) declare(name, "type");
    } else if (isNamedDeclaration(statement) && statement.name !== undefined && ts.isIdentifier(statement.name)) {
      declare(statement.name.text, declarationKind(statement));
      if (isExported) exported.add(statement.name.text);
    } else if (ts.isExportDeclaration(statement)) {
      const clause = statement.exportClause;
      if (clause !== undefined && ts.isNamedExports(clause))
        for (const { name } of clause.elements) exported.add(name.text);
    } else {
      for (const name of hoistedVariables(statement)) bind(name, "variable", false);
    }
  }
  const mentioned = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) mentioned.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { declared, imports, exported, mentioned, awaits: topLevelAwaits(file).length > 0 };
}

/** The `await`s (and `for await` loops) that are the cell's own and not a function's. */
export function topLevelAwaits(root: ts.Node): (ts.AwaitExpression | ts.ForOfStatement)[] {
  const found: (ts.AwaitExpression | ts.ForOfStatement)[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) || ts.isClassStaticBlockDeclaration(node)) return;
    if (ts.isPropertyDeclaration(node)) return;
    if (ts.isAwaitExpression(node)) found.push(node);
    if (ts.isForOfStatement(node) && node.awaitModifier !== undefined) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return found;
}

function readImport(statement: ts.ImportDeclaration): CellImport {
  const specifier = (statement.moduleSpecifier as ts.StringLiteral).text;
  const clause = statement.importClause;
  const bindings: { local: ts.Identifier; takes: string }[] = [];
  if (clause !== undefined && !clause.isTypeOnly) {
    if (clause.name !== undefined) bindings.push({ local: clause.name, takes: "default" });
    const named = clause.namedBindings;
    if (named !== undefined && ts.isNamespaceImport(named)) bindings.push({ local: named.name, takes: "*" });
    if (named !== undefined && ts.isNamedImports(named)) {
      for (const element of named.elements) {
        if (!element.isTypeOnly)
          bindings.push({ local: element.name, takes: (element.propertyName ?? element.name).text });
      }
    }
  }
  return { specifier, statement, bindings };
}

function typeBindings({ importClause }: ts.ImportDeclaration): string[] {
  if (importClause === undefined) return [];
  const names: string[] = [];
  if (importClause.isTypeOnly && importClause.name !== undefined) names.push(importClause.name.text);
  const named = importClause.namedBindings;
  if (named !== undefined && ts.isNamespaceImport(named) && importClause.isTypeOnly) names.push(named.name.text);
  if (named !== undefined && ts.isNamedImports(named)) {
    for (const element of named.elements)
      if (importClause.isTypeOnly || element.isTypeOnly) names.push(element.name.text);
  }
  return names;
}

type NamedDeclaration =
  | ts.FunctionDeclaration
  | ts.ClassDeclaration
  | ts.InterfaceDeclaration
  | ts.TypeAliasDeclaration
  | ts.EnumDeclaration
  | ts.ModuleDeclaration
  | ts.ImportEqualsDeclaration;

function isNamedDeclaration(node: ts.Node): node is NamedDeclaration {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isEnumDeclaration(node) ||
    ts.isModuleDeclaration(node) ||
    ts.isImportEqualsDeclaration(node)
  );
}

function declarationKind(node: NamedDeclaration): DeclarationKind {
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return "type";
  if (hasModifier(node, ts.SyntaxKind.DeclareKeyword)) return "type";
  if (ts.isModuleDeclaration(node)) return holdsValues(node) ? "fixed" : "type";
  if (ts.isFunctionDeclaration(node)) return "variable";
  return "fixed";
}

/** `var`s of inner blocks belong to the cell. */
function hoistedVariables(root: ts.Node): ts.BindingName[] {
  const names: ts.BindingName[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return;
    if (ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.BlockScoped) === 0) {
      for (const declaration of node.declarations) names.push(declaration.name);
    }
    ts.forEachChild(node, visit);
  };
  visit(root);
  return names;
}

function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) === true;
}
