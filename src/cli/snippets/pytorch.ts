/** Python that saves model and gradient, or update, of a PyTorch training loop, and the architecture where names do not tell it. */
export const pytorch: string = `"""Saves what a federated client shares, so that "exan audit" reads it. Needs torch and safetensors.

Copy this file beside your training code, and call one of these once:
  save_gradient(model, x)         behind loss.backward(), before optimizer.step()
  save_update(before, model, x)   behind the local steps; before = snapshot(model) ahead of them
x is the batch that the model was given; of it only the shape of a sample is used. Run it alone to see it at work.
"""
import json
import operator
import os

import torch
import torch.fx
from safetensors.torch import save_file


def snapshot(model):
    """The weights as they are now."""
    return {name: t.detach().cpu().clone() for name, t in model.state_dict().items()}


def save_gradient(model, x, folder="exan"):
    missing = [name for name, p in model.named_parameters() if p.grad is None]
    if missing:
        raise ValueError(f"no gradient for {missing}: call this behind loss.backward(), with no layer frozen")
    os.makedirs(folder, exist_ok=True)
    save_file(snapshot(model), f"{folder}/model.safetensors")
    grads = {name: p.grad.detach().cpu().clone() for name, p in model.named_parameters()}
    save_file(grads, f"{folder}/gradient.safetensors")
    done(model, x, folder, "--gradient", "gradient")


def save_update(before, model, x, rate=None, steps=None, folder="exan"):
    """rate and steps of the local SGD on the whole batch, as far as they are known; exan infers the rest."""
    os.makedirs(folder, exist_ok=True)
    save_file(before, f"{folder}/model.safetensors")
    save_file(snapshot(model), f"{folder}/after.safetensors")
    told = "".join(f" --{key} {value}" for key, value in (("rate", rate), ("steps", steps)) if value is not None)
    done(model, x, folder, "--after", "after", told)


def done(model, x, folder, option, name, told=""):
    """Writes the architecture where the names of the weights do not tell it, and prints the command."""
    layers = architecture(model)
    if model.training and any(layer["type"] == "Dropout" for layer in layers):
        print("note: the model is in training mode, and exan takes dropout to be off: expect less than there is to find")
    command = f"exan audit --model {folder}/model.safetensors {option} {folder}/{name}.safetensors{told}"
    if any(layer["type"] not in ("Linear", "ReLU", "Flatten", "Dropout") for layer in layers):
        if option != "--gradient":
            raise ValueError("exan reads updates of networks of Linear and ReLU only; save_gradient takes others")
        shape = list(x.shape[1:]) if x.dim() == 4 else [x[0].numel(), 1, 1]
        with open(f"{folder}/architecture.json", "w") as file:
            json.dump({"input": shape, "layers": layers}, file, indent=1)
        command += f" --architecture {folder}/architecture.json"
    print(command)


def architecture(model):
    """The modules of a network in the order in which it calls them, as exan reads them; says what it does not know."""
    for wrapper in ("module", "_orig_mod"):  # of DataParallel and torch.compile
        model = getattr(model, wrapper, model)
    traced = torch.fx.symbolic_trace(model)
    layers, last = [], None
    for node in traced.graph.nodes:
        if node.op == "placeholder":
            last = node
        if node.op not in ("call_module", "call_function", "call_method"):
            continue
        if node.target in ("size", getattr, operator.getitem):  # shapes, for a view
            continue
        if last not in node.all_input_nodes:
            raise ValueError(f"{node.name} does not follow {last.name}: exan reads networks without branches")
        if node.target in (torch.nn.functional.log_softmax, torch.log_softmax, "log_softmax"):
            continue  # the loss has it
        if node.op == "call_module":
            layer = of_module(traced.get_submodule(node.target), node.target)
        else:
            layer = of_function(node)
        layers += [layer] if layer else []
        last = node
    if not any(layer["type"] == "Flatten" for layer in layers):
        layers.insert(0, {"type": "Flatten"})
    return layers


def one(value, what):
    """A square kernel's side."""
    sides = set(value) if isinstance(value, (tuple, list)) else {value}
    if len(sides) != 1:
        raise ValueError(f"{what} is {value}: exan reads the same in both directions")
    return sides.pop()


def of_module(module, name):
    kind = type(module).__name__
    if kind in ("Identity", "LogSoftmax"):
        return None
    layer = {"type": kind, "name": name}
    if kind == "Conv2d":
        if module.groups != 1 or one(module.dilation, "dilation") != 1 or module.padding_mode != "zeros":
            raise ValueError(f"{name}: exan reads convolutions without groups and dilation, padded with zeros")
        same = (one(module.kernel_size, "kernel") - 1) // 2
        padding = {"same": same, "valid": 0}.get(module.padding, module.padding)
        return {**layer, "stride": one(module.stride, "stride"), "padding": one(padding, "padding")}
    if kind in ("MaxPool2d", "AvgPool2d"):
        return pool(kind, module.kernel_size, module.stride, module.padding, module.ceil_mode)
    if kind == "AdaptiveAvgPool2d":
        return {"type": kind, "output": one(module.output_size, "output")}
    if kind == "LeakyReLU":
        return {"type": kind, "slope": module.negative_slope}
    if kind in ("BatchNorm1d", "BatchNorm2d"):
        return {**layer, "eps": module.eps}
    if kind in ("Linear", "PReLU"):
        return layer
    if kind in ("ReLU", "ReLU6", "Sigmoid", "Flatten", "Dropout"):
        return {"type": kind}
    raise ValueError(f"{name} is {kind}, which exan does not read")


def pool(kind, kernel, stride, padding, ceil):
    if one(padding, "padding") != 0 or ceil:
        raise ValueError(f"{kind}: exan reads pooling without padding and ceil_mode")
    size = one(kernel, "kernel")
    return {"type": kind, "kernel": size, "stride": one(stride or size, "stride")}


def of_function(node):
    """What forward() calls by itself: torch.relu(x), F.max_pool2d(x, 2), x.view(…)."""
    name = node.target if isinstance(node.target, str) else node.target.__name__.rstrip("_")
    simple = {"relu": "ReLU", "relu6": "ReLU6", "sigmoid": "Sigmoid", "dropout": "Dropout"}
    if name in simple:
        return {"type": simple[name]}
    if name in ("flatten", "view", "reshape"):
        return {"type": "Flatten"}
    if name == "leaky_relu":
        slope = node.kwargs.get("negative_slope", (list(node.args) + [0.01])[1])
        return {"type": "LeakyReLU", "slope": slope}
    if name in ("max_pool2d", "boolean_dispatch", "avg_pool2d"):
        kwargs = {**dict(zip(("input", "kernel_size", "stride", "padding"), node.args)), **node.kwargs}
        kind = "AvgPool2d" if name == "avg_pool2d" else "MaxPool2d"
        ceil = kwargs.get("ceil_mode", False)
        return pool(kind, kwargs["kernel_size"], kwargs.get("stride"), kwargs.get("padding", 0), ceil)
    raise ValueError(f"forward() calls {name}, which exan does not read")


if __name__ == "__main__":
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(64, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10))
    x, y = torch.rand(4, 64), torch.tensor([3, 1, 4, 1])  # in place of private samples
    torch.nn.functional.cross_entropy(model(x), y).backward()
    save_gradient(model, x)
`;
