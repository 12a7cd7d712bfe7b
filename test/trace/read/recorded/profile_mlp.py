"""Records pytorch-cpu.json: two iterations of a small network under torch.profiler, and what PyTorch itself says of them.

python3 profile_mlp.py FOLDER, with PyTorch alone; no GPU is needed. The host's name is taken out of the file.
"""
import json
import pathlib
import sys

import torch
from torch.profiler import ProfilerActivity, profile, record_function

folder = pathlib.Path(sys.argv[1])
torch.manual_seed(1)
model = torch.nn.Sequential(torch.nn.Linear(64, 128), torch.nn.ReLU(), torch.nn.Linear(128, 32))
samples = torch.randn(8, 64)
model(samples).sum().backward()
with profile(activities=[ProfilerActivity.CPU], record_shapes=True, profile_memory=True) as recorded:
    for number in range(2):
        with record_function(f"iteration {number}"):
            model(samples).sum().backward()

path = folder / "pytorch-cpu.json"
recorded.export_chrome_trace(str(path))
trace = json.loads(path.read_text())
text = path.read_text().replace(json.dumps(trace["host_name"]), '"recorder"')
path.write_text(text)
averages = {
    event.key: {"count": event.count, "total_us": event.cpu_time_total, "self_us": event.self_cpu_time_total}
    for event in recorded.key_averages()
}
says = {"torch": torch.__version__, "averages": averages}
(folder / "pytorch-cpu.averages.json").write_text(json.dumps(says, indent=1) + "\n")
