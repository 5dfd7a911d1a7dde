"""Run a notebook in any kernel: run_notebook.py KERNEL NOTEBOOK OUT writes the executed notebook to OUT.

Unlike nbclient it takes outputs that come after a cell's end: Deno's kernel sends some of them late. What a kernel lacks is for the caller
to judge, so errors of cells are outputs, too.
"""

import os
import queue
import sys

import nbformat
from jupyter_client.manager import start_new_kernel

OUTPUTS = ("display_data", "execute_result", "stream", "error")


def main(name: str, path: str, out: str) -> None:
    notebook = nbformat.read(path, as_version=4)
    manager, client = start_new_kernel(kernel_name=name, cwd=os.path.dirname(os.path.abspath(path)))
    try:
        shown = {}
        for cell in notebook.cells:
            if cell.cell_type == "code":
                run(client, cell, shown)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    os.makedirs(os.path.dirname(os.path.abspath(out)), exist_ok=True)
    nbformat.write(notebook, out)


def run(client, cell, shown) -> None:
    """Fill the cell's outputs until it is over, and half a second longer; `shown` has the displays that may be updated."""
    cell.outputs = []
    request = client.execute(cell.source)
    over = False
    while True:
        try:
            message = client.get_iopub_msg(timeout=0.5 if over else 600)
        except queue.Empty:
            break
        if message["parent_header"].get("msg_id") != request:
            continue
        kind, content = message["msg_type"], message["content"]
        over = over or (kind == "status" and content["execution_state"] == "idle")
        display = content.get("transient", {}).get("display_id")
        if kind == "update_display_data" and display in shown:
            shown[display].update(data=content["data"], metadata=content["metadata"])
        elif kind in OUTPUTS:
            output = nbformat.v4.output_from_msg(message)
            cell.outputs.append(output)
            if display is not None:
                shown[display] = output
    client.get_shell_msg(timeout=60)


if __name__ == "__main__":
    main(*sys.argv[1:])
