"""One case for test/bench/pursuit.mjs: makes network, batch and gradient in NumPy, writes them as raw numbers, runs the
prototype on the case unless that is switched off, and prints one JSON line. The prototype (pursuit.py) is not part of the
repository. Usage: prototype.py FOLDER_OF_PURSUIT_PY DATA CASE_JSON OUT"""
import json, sys, time
from pathlib import Path
import numpy as np

reference, data, case, out = sys.argv[1], Path(sys.argv[2]), json.loads(sys.argv[3]), Path(sys.argv[4])


def init(widths, rng):
    """PyTorch's default for Linear: weights and biases from U(-1/sqrt(in), 1/sqrt(in))."""
    layers = []
    for i, o in zip(widths, widths[1:]):
        k = 1 / np.sqrt(i)
        layers.append((rng.uniform(-k, k, (o, i)), rng.uniform(-k, k, o)))
    return [w for w, _ in layers], [b for _, b in layers]


def gradient(W, b, X, y):
    """Gradient of mean softmax cross-entropy in the precision of its arguments."""
    features = [X]
    for w, v in zip(W[:-1], b[:-1]):
        features.append(np.maximum(features[-1] @ w.T + v, 0))
    logits = features[-1] @ W[-1].T + b[-1]
    delta = np.exp(logits - logits.max(1, keepdims=True))
    delta /= delta.sum(1, keepdims=True)
    delta[np.arange(len(X)), y] -= 1
    G, gb = [], []
    for w, f in zip(W[::-1], features[::-1]):
        G.insert(0, delta.T @ f / len(X)); gb.insert(0, delta.mean(0))
        delta = (delta @ w) * (f > 0)
    return G, gb


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
    sys.path.insert(0, reference)
    from pursuit import Pursuit
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
