#!/usr/bin/env python3
# GPT-2 (124,439,808 parameters) with transformers: generates 20 tokens one by one, timed stage by stage; traced where run_trace.sh
# runs it.
import argparse
import sys

sys.dont_write_bytecode = True  # the folder stays as it was

from timings import Timings, imported, mark_layers

PARAMETERS = 124_439_808


def main():
    parser = argparse.ArgumentParser(description="GPT-2 on a GPU, token by token, timed.")
    parser.add_argument("--tokens", type=int, default=20, help="how many to generate (20)")
    parser.add_argument("--prompt", default="The GPU is", help="what they follow")
    parser.add_argument("--model", default="gpt2", help="a name or a folder that transformers loads; gpt2 unless given")
    parser.add_argument("--random-weights", action="store_true", help="the same network without its weights: nothing is downloaded")
    parser.add_argument("--device", default="cuda", help="cuda, cuda:1 or cpu; cuda unless given")
    parser.add_argument("--dtype", default="float16", choices=("float16", "bfloat16", "float32"), help="float16 unless given")
    parser.add_argument("--dry-run", action="store_true", help="says what would run, without PyTorch and transformers")
    options = parser.parse_args()
    if options.tokens < 1:
        parser.error("--tokens is at least 1")
    if options.dry_run:
        size = PARAMETERS * (4 if options.dtype == "float32" else 2) / 2**30
        print("GPT-2, %s parameters, %.2f GiB in %s" % (format(PARAMETERS, ","), size, options.dtype))
        print("%d tokens on %s would be generated" % (options.tokens, options.device))
        return 0
    torch = imported("torch", "python3 -m pip install torch")
    transformers = imported("transformers", "python3 -m pip install transformers")
    on_gpu = options.device.startswith("cuda")
    if on_gpu and not torch.cuda.is_available():
        print("PyTorch sees no GPU here. Try --device cpu --dtype float32", file=sys.stderr)
        return 2
    timings = Timings(torch.cuda.synchronize if on_gpu else lambda: None)
    with timings.stage("initialise"):
        torch.manual_seed(0)
        torch.zeros(1, device=options.device)
    with timings.stage("load weights"):
        model, tokenizer = loaded(transformers, options)
        model = model.to(getattr(torch, options.dtype)).to(options.device).eval()
        mark_layers(model.transformer.h, timings)
    found = sum(parameter.numel() for parameter in model.parameters())
    size = sum(parameter.numel() * parameter.element_size() for parameter in model.parameters()) / 2**30
    print("%s, %s parameters, %.2f GiB in %s" % (options.model, format(found, ","), size, options.dtype))
    with timings.stage("input"):
        words = tokenizer(options.prompt)["input_ids"] if tokenizer else list(range(1, 5))
        tokens = torch.tensor([words], device=options.device)
    generated, past = [], None
    with timings.stage("inference"), torch.no_grad():
        for index in range(options.tokens):
            with timings.iteration("token", "token %d" % (index + 1)):
                answer = model(tokens, past_key_values=past, use_cache=True)
                past = answer.past_key_values
                tokens = answer.logits[:, -1:].argmax(-1)
                generated.append(tokens)
    with timings.stage("output"):
        numbers = torch.cat(generated, 1)[0].tolist()
    with timings.stage("clean up"):
        del model, past, answer
        if on_gpu:
            torch.cuda.empty_cache()
    print("generated: %s" % (tokenizer.decode(numbers) if tokenizer else numbers))
    timings.report("token", "tokens", options.tokens)
    return 0


def loaded(transformers, options):
    if options.random_weights:
        return transformers.GPT2LMHeadModel(transformers.GPT2Config()), None
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(options.model)
        return transformers.AutoModelForCausalLM.from_pretrained(options.model), tokenizer
    except (OSError, ValueError) as error:
        print("the weights of %s cannot be loaded: %s" % (options.model, str(error).splitlines()[0]), file=sys.stderr)
        print("Without a network, --model FOLDER takes them from a folder, and --random-weights needs none.", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    sys.exit(main())
