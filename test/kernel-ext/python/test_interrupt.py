"""Interrupts: whatever a cell does, it stops, its names keep their values, and the next cell runs."""

import time
import unittest

from client import KernelTestCase

SIGNAL = "(globalThis as any)[Symbol.for('exan.kernel')].signal as AbortSignal"


class Interrupt(KernelTestCase):
    def stops(self, code, after=0.3):
        reply, outputs, took = self.interrupt_during(code, after)
        self.assertEqual((reply["status"], reply.get("ename")), ("error", "KeyboardInterrupt"))
        self.assertEqual(self.value("1 + 1"), "2")
        return outputs, took

    def test_a_loop(self):
        self.stops("let turns = 0; while (true) turns++;")
        self.assertEqual(self.value("turns > 1000"), "true")

    def test_an_await_that_never_ends(self):
        self.stops("await new Promise(() => {});")

    def test_a_loop_after_an_await(self):
        self.stops("await 1; while (true);")
        self.stops("await new Promise((r) => setTimeout(r, 20)); while (true);")

    def test_loops_in_callbacks(self):
        for start in ["setTimeout(spin, 1)", "setImmediate(spin)", "process.nextTick(spin)", "queueMicrotask(spin)"]:
            with self.subTest(start):
                self.stops(f"const spin = () => {{ while (true); }}; {start}; await new Promise(() => {{}});")

    def test_a_loop_that_catches_everything(self):
        self.stops("while (true) { try { while (true); } catch {} }")

    def test_a_loop_of_awaits_ends_for_good(self):
        self.stops("let steps = 0; while (true) { await new Promise((r) => setTimeout(r, 5)); steps++; }")
        self.run_cell("const seen = steps; await new Promise((r) => setTimeout(r, 60));")
        self.assertEqual(self.value("steps - seen"), "0")

    def test_finally_runs(self):
        outputs, _ = self.stops("try { await new Promise(() => {}); } finally { console.log('cleaned'); }")
        self.assertIn(("stream", {"name": "stdout", "text": "cleaned\n"}), outputs)

    def test_code_that_looks_at_its_signal_keeps_its_result(self):
        for name, wait in [("blocking", ""), ("waiting", "await new Promise((r) => setTimeout(r, 5));")]:
            with self.subTest(name):
                code = f"const {name}Signal = {SIGNAL}; let {name} = 0; while (!{name}Signal.aborted) {{ {name}++; {wait} }} {name} > 0"
                reply, outputs, _ = self.interrupt_during(code)
                self.assertEqual(reply["status"], "ok")
                self.assertEqual(outputs[-1][1]["data"], {"text/plain": "true"})

    def test_each_cell_has_a_fresh_signal(self):
        self.stops("await new Promise(() => {});")
        self.assertEqual(self.value(f"({SIGNAL}).aborted"), "false")

    def test_an_abort_event_arrives(self):
        reply, outputs, _ = self.interrupt_during(
            f"await new Promise((r) => ({SIGNAL}).addEventListener('abort', r)); 'heard'"
        )
        self.assertEqual((reply["status"], outputs[-1][1]["data"]), ("ok", {"text/plain": "'heard'"}))

    def test_training_ends_and_keeps_its_history(self):
        self.run_cell(
            "const net = tf.sequential({ layers: [tf.layers.dense({ units: 20, inputShape: [20] })] });"
            "net.compile({ loss: 'meanSquaredError', optimizer: 'sgd' });"
        )
        reply, outputs, _ = self.interrupt_during(
            "const past = await net.fit(tf.ones([64, 20]), tf.ones([64, 20]), { epochs: 1_000_000, verbose: 0 }); past.epoch.length > 0",
            after=1,
        )
        self.assertEqual(reply["status"], "ok")
        self.assertEqual(outputs[-1][1]["data"], {"text/plain": "true"})

    def test_a_reconstruction_ends_with_what_it_has(self):
        self.run_cell(
            "import { captureGradient, data, mlp, reconstruct, reconstructAsync, watch } from 'exan';"
            "const model = mlp({ widths: [300, 512, 10], seed: 1 });"
            "const shared = captureGradient(model, data.gaussian({ size: 190, dimension: 300, classes: 10, seed: 1 }));"
        )
        for call in ["reconstruct", "await reconstructAsync"]:
            with self.subTest(call):
                reply, outputs, _ = self.interrupt_during(
                    f"({call}(model, shared, {{ seconds: 600, ...watch('pursuit') }})).reason", after=4
                )
                self.assertEqual(reply["status"], "ok", reply)
                result = [c["data"]["text/plain"] for kind, c in outputs if kind == "execute_result"]
                self.assertIn("then it was stopped", "".join(result))

    def test_an_interrupt_of_an_idle_kernel_does_nothing(self):
        self.manager.interrupt_kernel()
        time.sleep(0.5)  # it comes by another channel than the cell, and may be overtaken
        self.assertEqual(self.value("let k = 0; while (k < 1e8) k++; k"), "100000000")


if __name__ == "__main__":
    unittest.main()
