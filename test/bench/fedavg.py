"""One case for test/bench/fedavg.mjs: makes network, batch and update in NumPy, writes them as raw numbers, runs the prototype on
the same update unless that is switched off, and prints one JSON line. The prototype (fedavg.py beside pursuit.py) is not part of
the repository. Usage: fedavg.py FOLDER_OF_THE_PROTOTYPE DATA CASE_JSON OUT"""
import importlib.util, json, sys, time
from pathlib import Path
import numpy as np

reference, data, case, out = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3]), Path(sys.argv[4])


def gradient(W, b, X, y):
    """Gradient of mean softmax cross-entropy of a network with one hidden layer, in the precision of its arguments."""
    z = X @ W[0].T + b[0]
    f = np.maximum(z, 0)
    l = f @ W[1].T + b[1]
    d = np.exp(l - l.max(1, keepdims=True))
    d /= d.sum(1, keepdims=True)
    d[np.arange(len(X)), y] -= 1
    e = (d @ W[1]) * (z > 0)
    return [e.T @ X / len(X), d.T @ f / len(X)], [e.mean(0), d.mean(0)]


def train(W, b, X, y, rate, parts):
    rate = W[0].dtype.type(rate)
    for part in parts:
        G, g = gradient(W, b, X[part], y[part])
        W = [w - rate * v.astype(w.dtype) for w, v in zip(W, G)]
        b = [w - rate * v.astype(w.dtype) for w, v in zip(b, g)]
    return W, b


z = np.load(data / 'mnist/mnist.npz')
X, y = z['x'].reshape(len(z['x']), -1) / 255., z['y'].astype(int)
rng = np.random.default_rng(case['seed'])
widths, M, size, epochs, rate = [784, case.get('width', 512), 10], case['samples'], case.get('batchSize', 0), case['epochs'], case['rate']
W, b = [], []
for i, o in zip(widths, widths[1:]):
    W.append(rng.uniform(-1, 1, (o, i)) / np.sqrt(i)); b.append(rng.uniform(-1, 1, o) / np.sqrt(i))
chosen = rng.choice(len(X), M, replace=False)
for _ in range(case.get('train', 0)): W, b = train(W, b, X, y, .1, [rng.choice(len(X), 64)])
X, y = X[chosen], y[chosen]
single = case.get('precision', 'float64') == 'float32'
if single: W, b, X = [w.astype(np.float32) for w in W], [v.astype(np.float32) for v in b], X.astype(np.float32)
step = size or M
parts = [p[k:k + step] for p in (rng.permutation(M) for _ in range(epochs)) for k in range(0, M, step)]
V, c = train(W, b, X, y, rate, parts)
noise = np.sqrt(np.mean(np.spacing(np.abs(V[0])).astype(float) ** 2) / 12 * len(parts)) / rate if single else 0
wide = lambda t: [np.asarray(v, dtype=float) for v in t]
W, b, V, c, X = wide(W), wide(b), wide(V), wide(c), X.astype(float)
np.concatenate([v.ravel() for t in (*zip(W, b), *zip(V, c)) for v in t] + [X.ravel(), y.astype(float)]).tofile(out)
result = {'widths': widths}
if case.get('prototype', True):
    sys.path.insert(0, str(reference))
    spec = importlib.util.spec_from_file_location('prototype', reference / 'fedavg.py')
    fed = importlib.util.module_from_spec(spec); spec.loader.exec_module(fed)
    wall = time.time()
    p = fed.Fed((W, b), (V, c), rate, rng, noise)
    floor, answer = 1e-15 + noise * rate * np.sqrt(W[0].size) / np.linalg.norm(V[0] - W[0]), {}

    def proof(p):
        R, labels, D = p.inputs(); order = [np.arange(p.r)] * epochs
        if size:
            tol = (1.5 if noise else 10) * np.array([p.threshold(q) for q in p.Q]) * np.linalg.norm(D, axis=1)
            order = (fed.find_order(W, b, R, labels, D, rate, epochs, size, tol, 2 if noise else 1) or ([], 0))[0]
        answer.update(R=R, labels=labels)
        return max(fed.residual((V, c), fed.train(W, b, R, labels, rate, order), (W, b))) < max(1e-9, 10 * floor)

    proven = p.solve(case.get('seconds', 60), proof)
    result.update(found=len(p.Q), rank=p.r, proven=bool(proven), seconds=time.time() - wall)
    if proven:
        e = ((answer['R'][:, None] - X[None]) ** 2).mean(-1) + (answer['labels'][:, None] != y[None])
        result.update(mse=float(e.min(0).max()))
print(json.dumps(result))
