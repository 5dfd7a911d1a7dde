"""One case for test/bench/pursuit.mjs: makes a batch with the prototype's own init and gradient, writes it as raw numbers,
runs the prototype on it and prints one JSON line. Usage: prototype.py REFERENCE DATA CASE_JSON OUT"""
import json, sys, time
from pathlib import Path
import numpy as np

reference, data, case, out = sys.argv[1], Path(sys.argv[2]), json.loads(sys.argv[3]), Path(sys.argv[4])
sys.path.insert(0, reference)
from pursuit import Pursuit, gradient, init

files = {'mnist': 'mnist/mnist.npz', 'cifar10': 'cifar10_jpeg/cifar10.npz', 'retina': 'retina/retina_28.npz',
         'isic': 'isic/isic_32.npz', 'location30': 'location30/location30.npz'}
z = np.load(data / files[case['data']])
X = z['x'].reshape(len(z['x']), -1).astype(float) / (255 if z['x'].dtype == np.uint8 and z['x'].max() > 1 else 1)
y = z['y'] - z['y'].min()
rng = np.random.default_rng(case.get('seed', 0)); K = int(y.max()) + 1
W, b = init([X.shape[1], *case['hidden'], K], rng)
i = rng.choice(len(X), case['batch'], replace=False)
for _ in range(case.get('train', 0)):
    k = rng.choice(len(X), 64); G, gb = gradient(W, b, X[k], y[k])
    W = [w - .1 * g for w, g in zip(W, G)]; b = [v - .1 * g for v, g in zip(b, gb)]
X, y = X[i], y[i]
single = case.get('precision', 'float64') == 'float32'
if single: W, b, X = [w.astype(np.float32) for w in W], [v.astype(np.float32) for v in b], X.astype(np.float32)
G, gb = gradient(W, b, X, y)   # float32 throughout, as a client would compute it
wide = lambda t: [np.asarray(v, dtype=float) for v in t]
W, b, G, gb, X = wide(W), wide(b), wide(G), wide(gb), X.astype(float)
np.concatenate([v.ravel() for t in zip(W, b, G, gb) for v in t] + [X.ravel(), y.astype(float)]).tofile(out)
result = {'widths': [X.shape[1], *case['hidden'], K]}
if case.get('prototype', True):
    cpu, wall = time.process_time(), time.time()
    p = Pursuit(G[-2], gb[-2], W[-2], b[-2], W[-1], b[-1], rng, rank_tol=1e-6 if single else 1e-10)
    whole = p.solve(case.get('seconds', 60))
    result.update(found=len(p.Q), rank=p.r, starts=p.starts)
    if whole and p.r == len(X) and len(case['hidden']) == 1:
        R, labels = p.inputs()
        e = ((R[:, None] - X[None]) ** 2).mean(-1) + (labels[:, None] != y[None])
        result.update(mse=float(e.min(0).max()))
    result.update(seconds=time.time() - wall, cpu=time.process_time() - cpu)
print(json.dumps(result))
