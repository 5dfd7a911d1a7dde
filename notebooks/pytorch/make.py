"""Remakes the files that 12-audit-your-own reads: python notebooks/pytorch/make.py, after npm run build.

Needs torch and safetensors. The digits are the embedded ones; what saves the gradient is the snippet that users copy.
"""

import pathlib
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import load_file

here = pathlib.Path(__file__).resolve().parent
digits = """
const { data, writeBatch } = require(process.argv[1]);
data.mnist().then((set) => {
  const small = data.atSide(set, 14);
  writeBatch(process.argv[2], small.draw({ size: 1000, seed: 1 }), { dtype: 'F32' });
  writeBatch(process.argv[3], small.draw({ size: 8, seed: 4 }), { dtype: 'F32' });
});
"""

with tempfile.TemporaryDirectory() as folder:
    known = f"{folder}/known.safetensors"
    secret = here / "batch.safetensors"
    subprocess.run(["node", "-e", digits, here.parent.parent, known, secret], check=True)
    with open(f"{folder}/exan_save.py", "w") as file:
        subprocess.run(["node", here.parent.parent / "dist/cli/main.js", "snippet", "pytorch"], stdout=file, check=True)
    sys.path.insert(0, folder)
    from exan_save import save_gradient

    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(196, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))
    optimiser = torch.optim.SGD(model.parameters(), lr=0.3)
    train, batch = load_file(known), load_file(secret)
    for step in range(30):  # the network has been in training for a while
        of = slice(32 * step, 32 * (step + 1))
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(model(train["inputs"][of]), train["labels"][of]).backward()
        optimiser.step()
    optimiser.zero_grad()
    torch.nn.functional.cross_entropy(model(batch["inputs"]), batch["labels"]).backward()
    save_gradient(model, batch["inputs"], here)
