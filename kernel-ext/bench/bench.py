"""Times of the exan kernel and of plain tslab, in turns; called by bench.mjs. Argument: number of soak cells (500)."""

import statistics
import sys
import time

from jupyter_client.manager import start_new_kernel

SOAK = int(sys.argv[1]) if len(sys.argv) > 1 else 500
STARTS = 3
FIRST = {
    "exan": "const model = mlp({ widths: [8, 6, 3], seed: 1 }); model.widths",
    "tslab": "import { Matrix } from 'ml-matrix'; const model = new Matrix(2, 2); model.rows",
}
LOOPS = {
    "loop": "while (true);",
    "await": "await new Promise(() => {});",
    "loop after await": "await 1; while (true);",
}


def reply(client, request):
    while True:
        message = client.get_shell_msg(timeout=120)
        if message["parent_header"].get("msg_id") == request:
            return message["content"]


def timed(call):
    began = time.monotonic()
    value = call()
    return 1000 * (time.monotonic() - began), value


def run(client, code):
    took, answer = timed(lambda: reply(client, client.execute(code)))
    return took, answer["status"]


def memory(pid):
    """Resident memory of the process in MB (Linux)."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))


def interrupt(manager, client, code):
    request = client.execute(code)
    while client.get_iopub_msg(timeout=60)["msg_type"] != "execute_input":
        pass
    time.sleep(0.3)
    began = time.monotonic()
    manager.interrupt_kernel()
    reply(client, request)
    return 1000 * (time.monotonic() - began)


def measure(name, soak):
    ready, (manager, client) = timed(lambda: start_new_kernel(kernel_name=name))
    result = {"ready ms": ready, "first cell ms": run(client, FIRST[name])[0]}
    result["trivial cell ms"] = statistics.median(run(client, f"const t{i} = {i}; t{i}")[0] for i in range(15))
    completion = lambda: reply(client, client.complete("Math.cb", 7))
    result["completion ms"] = statistics.median(timed(completion)[0] for _ in range(11))
    pid = manager.provisioner.pid
    result["memory MB"] = memory(pid)
    if name == "exan":
        for kind, code in LOOPS.items():
            result[f"interrupt, {kind} ms"] = statistics.median(interrupt(manager, client, code) for _ in range(5))
    if soak:
        run(client, "const start = 1;")
        before, failed = memory(pid), 0
        began = time.monotonic()
        for i in range(soak):
            code = f"const v{i % 50} = Array.from({{ length: 1000 }}, (_, k) => k + {i}); v{i % 50}.length"
            failed += run(client, code)[1] != "ok"
        result["soak: cells failed"] = failed
        result["soak: ms a cell"] = 1000 * (time.monotonic() - began) / soak
        result["soak: memory growth"] = memory(pid) / before
        result["soak: memory after MB"] = memory(pid)
    client.stop_channels()
    result["shutdown ms"] = timed(manager.shutdown_kernel)[0]
    return result


runs = {name: [] for name in FIRST}
for turn in range(STARTS):
    for name, found in runs.items():
        found.append(measure(name, SOAK if turn == 0 else 0))
rows = list(dict.fromkeys(key for found in runs.values() for each in found for key in each))
print(f"{'median of ' + str(STARTS):28}" + "".join(f"{name:>12}" for name in runs))
for row in rows:
    line = f"{row:28}"
    for found in runs.values():
        values = [each[row] for each in found if row in each]
        line += f"{statistics.median(values):12.2f}" if values else f"{'-':>12}"
    print(line)
