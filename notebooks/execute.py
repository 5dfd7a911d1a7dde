"""Execute a notebook through its kernel: execute.py KERNEL NOTEBOOK OUT writes OUT.ipynb and OUT.html.

A cell that writes to stderr fails the run too: plain tslab reports type errors only there.
"""

import os
import sys

import nbformat
from nbclient import NotebookClient
from nbconvert import HTMLExporter


def main(kernel: str, path: str, out: str) -> int:
    notebook = nbformat.read(path, as_version=4)
    folder = os.path.dirname(os.path.abspath(path))
    client = NotebookClient(
        notebook,
        kernel_name=kernel,
        timeout=None if os.environ.get("EXAN_SCALE") == "paper" else 600,  # seconds for one cell
        allow_errors=True,
        resources={"metadata": {"path": folder}},
    )
    client.execute()
    os.makedirs(os.path.dirname(os.path.abspath(out)), exist_ok=True)
    nbformat.write(notebook, out + ".ipynb")
    # no scripts from elsewhere: the page must look the same without a network
    html, _ = HTMLExporter(mathjax_url="", require_js_url="").from_notebook_node(notebook)
    with open(out + ".html", "w", encoding="utf-8") as file:
        file.write(html)
    failed = 0
    for number, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            message = None
            if output.output_type == "error":
                message = "\n".join(output.traceback)
            elif output.output_type == "stream" and output.name == "stderr":
                message = output.text
            if message is not None:
                failed = 1
                print(f"cell {number}: {message}", file=sys.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
