"""The wire: signatures, comms, control channel, restart and shutdown."""

import os
import time
import unittest

from client import TIMEOUT, KernelTestCase
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook


def alive(pid):
    """True while a process exists and is not a zombie."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Protocol(KernelTestCase):
    def test_a_bad_signature_is_dropped(self):
        self.run_cell("let touched = 0;")
        session, key = self.client.session, self.client.session.key
        session.key = b"not the key"
        try:
            self.client.execute("touched = 1;")
        finally:
            session.key = key
        self.assertEqual(self.value("touched"), "0")

    def test_garbage_is_dropped(self):
        self.client.shell_channel.socket.send_multipart([b"<IDS|MSG>", b"", b"{", b"{}", b"{}", b"{}"])
        self.client.shell_channel.socket.send_multipart([b"no delimiter"])
        self.assertEqual(self.value("5"), "5")

    def send(self, kind, content):
        message = self.client.session.msg(kind, content)
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def test_comms_are_closed_or_ignored(self):
        opened = self.send("comm_open", {"comm_id": "c1", "target_name": "jupyter.widget", "data": {}})
        self.assertEqual(self.outputs(opened), [("comm_close", {"comm_id": "c1", "data": {}})])
        self.assertEqual(self.outputs(self.send("comm_msg", {"comm_id": "c1", "data": {}})), [])
        self.assertEqual(self.reply(self.send("comm_info_request", {})), {"status": "ok", "comms": {}})

    def test_the_control_channel_answers_while_a_cell_computes(self):
        request = self.client.execute("let z = 0; while (z < 3e9) z++;")
        time.sleep(0.2)
        message = self.client.session.msg("kernel_info_request", {})
        self.client.control_channel.send(message)
        answer = self.client.get_control_msg(timeout=TIMEOUT)
        self.assertEqual(answer["content"]["implementation"], "exan")
        self.manager.interrupt_kernel()
        self.reply(request)


class Endings(KernelTestCase):
    def setUp(self):
        super().setUpClass()

    @classmethod
    def setUpClass(cls):
        pass

    def tearDown(self):
        super().tearDownClass()

    @classmethod
    def tearDownClass(cls):
        pass

    def test_restart_forgets_names(self):
        self.run_cell("const before = 1;")
        self.manager.restart_kernel()
        self.client.wait_for_ready(timeout=TIMEOUT)
        self.assertEqual(self.run_cell("before")[0]["ename"], "TypeScriptError")
        self.assertEqual(self.value("3"), "3")

    def gone(self, pid):
        for _ in range(100):
            if not alive(pid):
                return True
            time.sleep(0.05)
        return False

    def test_shutdown_leaves_no_process_behind(self):
        child = int(self.value("import { spawn } from 'node:child_process'; spawn('sleep', ['600']).pid"))
        kernel = int(self.value("process.pid"))
        self.client.shutdown()
        self.assertTrue(self.gone(kernel))
        self.assertTrue(self.gone(child))

    def test_shutdown_while_a_cell_computes(self):
        kernel = int(self.value("process.pid"))
        self.client.execute("while (true);")
        time.sleep(0.2)
        self.client.shutdown()
        self.assertTrue(self.gone(kernel))

    @unittest.skipIf(os.name == "nt", "signals")
    def test_a_notebook_runs_through_nbclient(self):
        cells = [
            "const model = mlp({ widths: [6, 5, 3], seed: 1 });",
            "const text = await Promise.resolve(`widths ${model.widths}`); text",
            "throw new Error('kept')",
            "text.length",
        ]
        notebook = new_notebook(cells=[new_code_cell(c) for c in cells])
        NotebookClient(notebook, kernel_name="exan", timeout=TIMEOUT, allow_errors=True).execute()
        kinds = [[o.output_type for o in c.outputs] for c in notebook.cells]
        self.assertEqual(kinds, [[], ["execute_result"], ["error"], ["execute_result"]])
        self.assertEqual(notebook.cells[1].outputs[0].data["text/plain"], "'widths 6,5,3'")
        self.assertEqual([c.execution_count for c in notebook.cells], [1, 2, 3, 4])


if __name__ == "__main__":
    unittest.main()
