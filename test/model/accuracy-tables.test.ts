// Tables of latencies as people write them: byte order marks, spaces, empty lines, names of formats and models; and whose table it is
// where no column says it.
import { describe, expect, it } from "vitest";
import { accuracy } from "../../src/model/index.js";

const report = (...lines: string[]) => accuracy([{ name: "own.csv", text: lines.join("\n") }]);
const heading = "gpu,op,M,N,K,dtype,measured_us";
const product = (dtype: string, gpu = "H100") => `${gpu},gemm,4096,4096,4096,${dtype},200`;

describe("a table of latencies", () => {
  it("may begin with a byte order mark, and have columns in any order, spaces, quotes and empty lines", () => {
    const plain = report(heading, product("bf16"));
    const written = report(
      '\uFEFFdtype,measured_us, K ,op,N,M,gpu,"a, ""note"""\r',
      '  bf16,200,4096,gemm , 4096,4096,"H100","x, y"\r',
      "\r",
      ",,,,,,,\r",
    );
    expect(written.summary).toEqual(plain.summary);
  });

  it("is refused when it is empty, and may have no row", () => {
    for (const text of ["", "\uFEFF", "\n\n"]) {
      expect(() => accuracy([{ name: "own.csv", text }])).toThrow(/^own\.csv: the table is empty\n/);
    }
    expect(report(heading).summary).toMatchObject({ rows: 0, used: 0, mean_error_pct: null });
  });

  it("with a quote that is never closed is refused at its line", () => {
    const text = 'gpu,op,M,N,K,dtype,measured_us\nh100,"a ""b""",1,1,1,fp16,3\nh100,"gemm,1,1,1,fp16,3\n';
    expect(() => accuracy([{ name: "own.csv", text }])).toThrow("own.csv, line 3: a quote is never closed\nClose it");
  });

  it.each([
    { names: ["bf16", "BF16", "bfloat16", "torch.bfloat16"] },
    { names: ["fp16", "half", "float16", "torch.float16"] },
    { names: ["fp8", "fp8_e4m3", "e4m3", "torch.float8_e4m3fn"] },
    { names: ["tf32", "TF32"] },
  ])("names a format as $names", ({ names }) => {
    const { groups, summary } = report(heading, ...names.map((dtype) => product(dtype)));
    expect(summary.used).toBe(names.length);
    expect(new Set(groups.map((group) => group.mean_error_pct)).size).toBe(1);
  });

  it.each([
    { names: ["bert-base", "BERT", "bert_base", "bert base", "bert-base-uncased"], protocol: "graph" },
    { names: ["gpt2", "GPT-2", "gpt2-small", "openai-community/gpt2"] },
    { names: ["opt-1.3b", "opt_13", "facebook/opt-1.3b"] },
    { names: ["gpt3-2.7b", "gpt3_27"] },
    { names: ["resnet50", "ResNet-50"] },
  ])("names a model as $names", ({ names, protocol = "" }) => {
    const rows = names.map((name) => `A100,${name},128,1,fp16,900,${protocol}`);
    const { groups, summary } = report("gpu,model,seq,batch,dtype,measured_us,protocol", ...rows);
    expect(summary.used).toBe(names.length);
    expect(new Set(groups.map((group) => group.mean_error_pct)).size).toBe(1);
  });
});

describe("a row without a source", () => {
  const linear = "A100,linear,256,1024,1024,fp32,60";

  it("is read as the author's whose words it uses, which is said", () => {
    const bare = report(heading, linear, linear);
    const stated = report(`${heading},source`, `${linear},neusight`, `${linear},neusight`);
    expect(bare.summary).toEqual(stated.summary);
    expect(bare.supposed).toEqual([{ file: "own.csv", source: "neusight", rows: 2 }]);
    expect(stated.supposed).toEqual([]);
  });

  it("follows the other rows of its table where they tell one author", () => {
    const heading = "gpu,op,rows,cols,dtype,measured_us";
    const { supposed } = report(heading, "A100,add,64,4096,fp16,4", "A100,mlp_act,64,4096,fp16,5");
    expect(supposed).toEqual([{ file: "own.csv", source: "vidur", rows: 2 }]);
  });

  it("is left as it is where nobody or several tell, and where the protocol is stated", () => {
    expect(report(heading, product("bf16")).supposed).toEqual([]);
    expect(report(`${heading},protocol`, `${linear},graph`).supposed).toEqual([]);
    const several = report(heading, linear, "H100,mlp_up_proj,64,64,64,fp16,9", product("bf16"));
    expect(several.supposed.map(({ source, rows }) => `${rows} ${source}`)).toEqual(["1 neusight", "1 vidur"]);
  });
});
