// What an editor knows in a cell: the built declarations under the TypeScript of Jupyter's TypeScript kernels (5.0, Node10
// resolution), where a declaration that is too new turns into `any` without a word.
import { existsSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "@tslab/typescript-for-tslab";
import { beforeAll, describe, expect, it } from "vitest";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const dist = join(repository, "dist") + sep;

/** A program of one cell in a folder whose node_modules has warplab. */
function programOf(cell: string): { program: ts.Program; cell: ts.SourceFile } {
  const folder = mkdtempSync(join(tmpdir(), "warplab-cell-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(repository, join(folder, "node_modules", "warplab"));
  const path = join(folder, "cell.ts");
  writeFileSync(path, cell);
  const program = ts.createProgram([path], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    lib: ["lib.es2022.d.ts"],
    types: [],
    strict: true,
    esModuleInterop: true,
    noEmit: true,
  });
  return { program, cell: program.getSourceFile(path)! };
}

function messages(diagnostics: readonly ts.Diagnostic[]): string[] {
  return diagnostics.map(({ file, start = 0, messageText }) => {
    const line = file === undefined ? "" : `${file.fileName}:${file.getLineAndCharacterOfPosition(start).line + 1}: `;
    return `${line}${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
}

const tour = `
import {
  VirtualGPU, kernel, i32, f32, f64, i64, show, device, devices, loadDevice, predict, sweep, validate, measured, roofline,
} from "warplab";

const saxpy = kernel("saxpy", { n: i32, a: f32, x: f32.ptr, y: f32.ptr },
  ({ n, a, x, y }, { blockIdx, blockDim, threadIdx }) => {
    const i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = a * x[i] + y[i];
  });
const gpu = new VirtualGPU("h100");
const x = gpu.array(f32, [1, 2, 3, 4], { label: "x" });
const y = gpu.zeros(f32, 4);
const launch = gpu.launch(saxpy, { grid: 1, block: 32 }, { n: 4, a: 2, x, y });
const values = y.toArray();
const doubles = gpu.zeros(f64, 4).toArray();
const longs = gpu.zeros(i64, 4).toArray();
const counters = launch.counters;
const stepper = gpu.step(saxpy, { grid: 1, block: 32 }, { n: 4, a: 2, x, y });
show(stepper);
const peak = device("gb10").peak.FP16;
const names = devices().map((spec) => spec.key);
const time = predict({ kernel: "gemv", shape: [4096, 4096], precision: "fp16", device: "gb10" }).predicted_time_us;
const table = sweep({ kernel: "gemm", shapes: [[512, 512, 512]], precisions: ["FP16"], devices: ["h100"] });
const rows = table.numRows();
const report = validate(measured("gb10"));
const mean = report.summary.mean_error_pct;
const chart = roofline(table);
`;

describe("the types of the library in a cell", () => {
  let program: ts.Program;
  let cell: ts.SourceFile;

  beforeAll(() => {
    if (!existsSync(join(dist, "index.d.ts"))) throw new Error("dist/ is not built: run `npm run build`.");
    ({ program, cell } = programOf(tour));
  });

  it("are read by the kernel's TypeScript without an error in our files", () => {
    const ours = program
      .getSourceFiles()
      .filter(({ fileName }) => fileName.startsWith(dist) || fileName === cell.fileName);
    expect(ours.length).toBeGreaterThan(20);
    const found = ours.flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]);
    expect(messages(found)).toEqual([]);
  });

  it("are those one would write", () => {
    const checker = program.getTypeChecker();
    const types = new Map<string, string>();
    for (const statement of cell.statements) {
      if (!ts.isVariableStatement(statement)) continue;
      for (const { name } of statement.declarationList.declarations) {
        types.set(name.getText(), checker.typeToString(checker.getTypeAtLocation(name)));
      }
    }
    expect(Object.fromEntries(types)).toMatchObject({
      gpu: "VirtualGPU",
      values: "Float32Array",
      doubles: "Float64Array",
      longs: "BigInt64Array",
      counters: "Counters",
      stepper: "Stepper",
      peak: "number | undefined",
      names: "string[]",
      time: "number",
      rows: "number",
      mean: "number | null",
      chart: "ChartSpec",
    });
  });

  it("are nowhere `any`, in arguments or results", () => {
    const checker = program.getTypeChecker();
    const index = program.getSourceFile(join(dist, "index.d.ts"))!;
    const loose: string[] = [];
    const isAny = (type: ts.Type) => (type.flags & ts.TypeFlags.Any) !== 0;
    const visit = (name: string, type: ts.Type): void => {
      if (isAny(type)) loose.push(name);
      for (const signature of [...type.getCallSignatures(), ...type.getConstructSignatures()]) {
        if (isAny(signature.getReturnType())) loose.push(`${name}(): any`);
        for (const parameter of signature.getParameters()) {
          if (isAny(checker.getTypeOfSymbolAtLocation(parameter, index))) loose.push(`${name}(${parameter.name}: any)`);
        }
      }
    };
    const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(index)!);
    expect(exported.length).toBeGreaterThan(30);
    for (const symbol of exported) {
      const aliased = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      if (aliased.flags & ts.SymbolFlags.Value) visit(symbol.name, checker.getTypeOfSymbolAtLocation(aliased, index));
      if (!(aliased.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface))) continue;
      for (const property of checker.getDeclaredTypeOfSymbol(aliased).getProperties()) {
        const isPrivate = property.declarations?.some(
          (declaration) => ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Private,
        );
        if (isPrivate || /^(__)?#/.test(property.name)) continue;
        visit(`${symbol.name}.${property.name}`, checker.getTypeOfSymbolAtLocation(property, index));
      }
    }
    expect(loose).toEqual([]);
  });

  it.each([
    ['gpu.launch(saxpy, { grid: 1, block: 32 }, { n: 4, a: 2, x, y: "y" });', /string/],
    ["gpu.launch(saxpy, { grid: 1, block: 32 }, { n: 4, a: 2, x });", /'y' is missing/],
    ["gpu.launch(saxpy, { grid: 1, block: 32 }, { n: 4, a: 2, x, y, z: 1 });", /'z' does not exist/],
    ["gpu.launch(saxpy, { grid: 1, block: 32 }, { n: 4, a: 2, x: gpu.zeros(f64, 4), y });", /f64/],
    ["gpu.launch(saxpy, { grid: 1 }, { n: 4, a: 2, x, y });", /'block' is missing/],
    ['predict({ kernel: "gemv", shape: "4096", precision: "fp16", device: "gb10" });', /string/],
    ["const text: string = y.toArray();", /Float32Array/],
  ])("refuse %s", (mistake, says) => {
    const wrong = programOf(`${tour}\n${mistake}\n`);
    const found = messages(wrong.program.getSemanticDiagnostics(wrong.cell));
    expect(found).toEqual([expect.stringMatching(says)]);
  });
});
