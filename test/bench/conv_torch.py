"""Float32 gradient of a convolutional network by PyTorch, for conv.mjs: python conv_torch.py FOLDER [ACCURACY [SECONDS]]
Reads model.safetensors, architecture.json and batch.safetensors in FOLDER and writes gradient.safetensors. With ACCURACY the network
is first trained (Adam) on train.safetensors until it is right so often there; model.safetensors is then written anew. Prints a JSON line."""
import json
import sys
import time
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn.functional import cross_entropy

folder = Path(sys.argv[1])
wanted, seconds = [float(a) for a in (sys.argv[2:] + ["0", "900"][len(sys.argv) - 2 :])]
torch.manual_seed(0)
state = load_file(folder / "model.safetensors")
architecture = json.loads((folder / "architecture.json").read_text())


def module(k, type, **options):
    if type == "Conv2d":
        out, inputs, kernel, _ = state[f"{k}.weight"].shape
        return nn.Conv2d(inputs, out, kernel, bias=f"{k}.bias" in state, **options)
    if type == "Linear":
        out, inputs = state[f"{k}.weight"].shape
        return nn.Linear(inputs, out, bias=f"{k}.bias" in state)
    if type.endswith("Pool2d"):
        return getattr(nn, type)(options["kernel"], options.get("stride"))
    return getattr(nn, type)()


net = nn.Sequential(*(module(k, **layer) for k, layer in enumerate(architecture["layers"])))
net.load_state_dict({name: value.float() for name, value in state.items()})


def batch(name):
    tensors = load_file(folder / f"{name}.safetensors")
    return tensors["inputs"].float().reshape(-1, *architecture["input"]), tensors["labels"]


report = {}
if wanted > 0:
    images, labels = batch("train")
    optimiser = torch.optim.Adam(net.parameters(), lr=3e-4)
    end, epochs = time.time() + seconds, 0

    def accuracy():
        with torch.no_grad():
            right = sum((net(x).argmax(1) == y).sum() for x, y in zip(images.split(250), labels.split(250)))
        return float(right) / len(labels)

    while accuracy() < wanted and time.time() < end:
        for rows in torch.randperm(len(labels)).split(50):
            optimiser.zero_grad()
            cross_entropy(net(images[rows]), labels[rows]).backward()
            optimiser.step()
        epochs += 1
    report = {"epochs": epochs, "accuracy": accuracy()}
    net.zero_grad()
    save_file(net.state_dict(), folder / "model.safetensors")
inputs, labels = batch("batch")
cross_entropy(net(inputs), labels).backward()
save_file({name: p.grad.contiguous() for name, p in net.named_parameters()}, folder / "gradient.safetensors")
print(json.dumps(report))
