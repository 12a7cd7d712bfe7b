// The models that are known, by name.
import { InputError, listChoices, nearest } from "../../../core/errors.js";
import type { Graph } from "../graph.js";
import { bert, bertBase, bertLarge } from "./bert.js";
import { gpt, gptShapes } from "./gpt.js";
import { llama, llamaShapes } from "./llama.js";
import { mlp } from "./mlp.js";
import { opt, optShapes } from "./opt.js";
import { type ModelOptions, type ModelSizes, readModelOptions } from "./options.js";
import { resnet, resnetShapes } from "./resnet.js";

export type { ModelOptions } from "./options.js";

export interface Model {
  /** `bert-base`. */
  readonly name: string;
  readonly description: string;
  /** New tokens of each sequence where nobody says how many; 1 for models without sequences. */
  readonly sequence: number;
  build(sizes: ModelSizes): Graph;
}

const known: readonly Model[] = [
  {
    name: "bert-base",
    description: "BERT-base, encoder of 12 layers",
    sequence: 128,
    build: (sizes) => bert("bert-base", bertBase, sizes),
  },
  {
    name: "bert-large",
    description: "BERT-large, encoder of 24 layers",
    sequence: 128,
    build: (sizes) => bert("bert-large", bertLarge, sizes),
  },
  ...Object.entries(gptShapes).map(([name, shape]) => ({
    name,
    description: `${name.startsWith("gpt2") ? "GPT-2" : "GPT-3"}, decoder of ${shape.layers} layers, width ${shape.hidden}`,
    sequence: shape.positions,
    build: (sizes: ModelSizes) => gpt(name, shape, sizes),
  })),
  ...Object.entries(optShapes).map(([name, shape]) => ({
    name,
    description: `OPT, decoder of ${shape.layers} layers, width ${shape.hidden}`,
    sequence: 2048,
    build: (sizes: ModelSizes) => opt(name, shape, sizes),
  })),
  ...Object.entries(llamaShapes).map(([name, shape]) => ({
    name,
    description: `Llama, decoder of ${shape.layers} layers, width ${shape.hidden}, ${shape.keyHeads} heads of keys`,
    sequence: 2048,
    build: (sizes: ModelSizes) => llama(name, shape, sizes),
  })),
  ...Object.entries(resnetShapes).map(([name, shape]) => ({
    name,
    description: `ResNet v1.5, classifier of images, ${3 * shape.blocks.reduce((sum, count) => sum + count, 0) + 2} layers`,
    sequence: 1,
    build: (sizes: ModelSizes) => resnet(name, shape, sizes),
  })),
  {
    name: "mlp-512-1024-512-256",
    description: "three linear layers",
    sequence: 1,
    build: (sizes) => mlp("mlp-512-1024-512-256", [512, 1024, 512, 256], sizes),
  },
];

/** Every model, by its name. */
export const models: ReadonlyMap<string, Model> = new Map(known.map((model) => [model.name, model]));

/** The graph of a model: `model("bert-base", { batch: 8, precision: "FP16" })`. Throws InputError that lists the known ones. */
export function model(name: string, options: ModelOptions = {}): Graph {
  const found = models.get(name.trim().toLowerCase());
  if (found !== undefined) return found.build(readModelOptions(options, found.sequence));
  const slip = nearest(name, models.keys());
  throw new InputError(`unknown model "${name}"`, {
    where: "model",
    fix: `${slip === undefined ? "" : `Did you mean "${slip}"? `}Known: ${listChoices([...models.keys()])}.`,
  });
}
