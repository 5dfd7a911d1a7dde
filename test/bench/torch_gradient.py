"""Gradient of a batch from PyTorch, for the bench: python torch_gradient.py MODEL BATCH GRADIENT (safetensors; float32)."""
import sys
import torch
from safetensors.torch import load_file, save_file

model_file, batch_file, gradient_file = sys.argv[1:]
state, batch = load_file(model_file), load_file(batch_file)
layers = sorted({int(k.split('.')[0]) for k in state})
modules = []
for k in layers:
    out, inputs = state[f'{k}.weight'].shape
    modules += [torch.nn.Linear(inputs, out, bias=f'{k}.bias' in state), torch.nn.ReLU()]
net = torch.nn.Sequential(*modules[:-1])
net.load_state_dict({k: v.float() for k, v in state.items()})
torch.nn.functional.cross_entropy(net(batch['inputs'].float()), batch['labels']).backward()
save_file({n: p.grad for n, p in net.named_parameters()}, gradient_file)
