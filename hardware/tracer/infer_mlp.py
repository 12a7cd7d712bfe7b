#!/usr/bin/env python3
# The MLP 512-1024-512-256 with PyTorch: ten iterations over a batch of 32, timed stage by stage; traced where run_trace.sh runs it.
import argparse
import sys

sys.dont_write_bytecode = True  # the folder stays as it was

from timings import Timings, imported, mark_layers

WIDTHS = (512, 1024, 512, 256)


def parameters():
    """Weights and biases of the layers: 1,181,440."""
    return sum(inputs * outputs + outputs for inputs, outputs in zip(WIDTHS, WIDTHS[1:]))


def main():
    parser = argparse.ArgumentParser(description="An MLP %s on a GPU, timed." % "-".join(map(str, WIDTHS)))
    parser.add_argument("--batch", type=int, default=32, help="samples at a time (32)")
    parser.add_argument("--iterations", type=int, default=10, help="how often (10)")
    parser.add_argument("--device", default="cuda", help="cuda, cuda:1 or cpu; cuda unless given")
    parser.add_argument("--dry-run", action="store_true", help="says what would run, without PyTorch")
    options = parser.parse_args()
    if options.batch < 1 or options.iterations < 1:
        parser.error("--batch and --iterations are at least 1")
    print("MLP %s, %s parameters, batch %d" % ("-".join(map(str, WIDTHS)), format(parameters(), ","), options.batch))
    if options.dry_run:
        print("%d iterations on %s would run" % (options.iterations, options.device))
        return 0
    torch = imported("torch", "python3 -m pip install torch")
    on_gpu = options.device.startswith("cuda")
    if on_gpu and not torch.cuda.is_available():
        print("PyTorch sees no GPU here: %s. Try --device cpu" % why_not(torch), file=sys.stderr)
        return 2
    timings = Timings(torch.cuda.synchronize if on_gpu else lambda: None)
    with timings.stage("initialise"):
        torch.manual_seed(0)
        torch.zeros(1, device=options.device)
    with timings.stage("load weights"):
        layers = [torch.nn.Sequential(torch.nn.Linear(*widths), torch.nn.ReLU()) for widths in zip(WIDTHS, WIDTHS[1:])]
        # The last layer's answers are not cut off at zero.
        del layers[-1][1]
        model = torch.nn.Sequential(*layers).eval()
        found = sum(parameter.numel() for parameter in model.parameters())
        assert found == parameters(), found
        mark_layers(layers, timings)
        model.to(options.device)
    with timings.stage("input"):
        samples = torch.randn(options.batch, WIDTHS[0]).to(options.device)
    with timings.stage("inference"), torch.no_grad():
        for index in range(options.iterations):
            with timings.iteration("iteration", "iteration %d" % (index + 1)):
                result = model(samples)
    with timings.stage("output"):
        result = result.cpu()
    with timings.stage("clean up"):
        del model, samples
        if on_gpu:
            torch.cuda.empty_cache()
    print("output %s, its mean %.6f" % ("x".join(map(str, result.shape)), result.mean().item()))
    timings.report("iteration", "samples", options.batch * options.iterations)
    return 0


def why_not(torch):
    return "it was built without CUDA" if torch.version.cuda is None else "there is none, or its driver does not answer"


if __name__ == "__main__":
    sys.exit(main())
