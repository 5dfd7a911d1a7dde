"""A kernel under test, and the messages that one request brings back."""

import shutil
import tempfile
import time
import unittest

from jupyter_client.manager import start_new_kernel

TIMEOUT = 60


class KernelTestCase(unittest.TestCase):
    """Each test class gets a kernel of its own, in a folder outside of the project."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="exan-cells-")
        cls.manager, cls.client = start_new_kernel(kernel_name="exan", cwd=cls.folder)

    @classmethod
    def tearDownClass(cls):
        cls.client.stop_channels()
        cls.manager.shutdown_kernel(now=True)
        shutil.rmtree(cls.folder)

    def reply(self, request):
        """The shell reply to a request."""
        while True:
            message = self.client.get_shell_msg(timeout=TIMEOUT)
            if message["parent_header"].get("msg_id") == request:
                return message["content"]

    def outputs(self, request):
        """What the request published, up to its `idle`, as (type, content)."""
        found = []
        while True:
            message = self.client.get_iopub_msg(timeout=TIMEOUT)
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                return found
            if kind != "status":
                found.append((kind, content))

    def run_cell(self, code, **options):
        request = self.client.execute(code, **options)
        return self.reply(request), self.outputs(request)

    def value(self, code):
        """The text of a cell's result."""
        reply, outputs = self.run_cell(code)
        self.assertEqual(reply["status"], "ok", reply)
        return "".join(c["data"]["text/plain"] for kind, c in outputs if kind == "execute_result")

    def interrupt_during(self, code, after=0.3):
        """Interrupts a cell some time after it began; its reply, its outputs and the milliseconds it took to stop."""
        request = self.client.execute(code)
        while self.client.get_iopub_msg(timeout=TIMEOUT)["msg_type"] != "execute_input":
            pass
        time.sleep(after)
        began = time.monotonic()
        self.manager.interrupt_kernel()
        reply = self.reply(request)
        took = 1000 * (time.monotonic() - began)
        return reply, self.outputs(request), took
