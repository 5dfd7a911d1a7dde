"""Cells: the preloaded names, results, errors in the cell's own lines, streams, displays."""

import pathlib
import unittest

from client import KernelTestCase


class Preloaded(KernelTestCase):
    def test_a_first_cell_uses_the_library_without_import(self):
        self.assertEqual(self.value("mlp({ widths: [4, 3, 2], seed: 1 }).widths"), "[ 4, 3, 2 ]")

    def test_matrix_and_tf_are_there_with_their_types(self):
        self.assertEqual(self.value("const sum: number = new Matrix([[1, 2]]).sum(); sum"), "3")
        self.assertEqual(self.value("const t: tf.Tensor1D = tf.tensor1d([1, 2]); t.sum().arraySync()"), "3")

    def test_an_explicit_import_works_from_any_folder(self):
        self.assertEqual(self.value("import { mlp as made } from 'exan'; typeof made"), "'function'")

    def test_a_preloaded_name_can_be_declared_anew(self):
        self.assertEqual(self.value("const forward = 3; forward"), "3")
        self.assertEqual(self.value("forward + 1"), "4")

    def test_types_are_checked_strictly(self):
        reply, _ = self.run_cell("mlp({ widths: 'no' })")
        self.assertEqual(reply["ename"], "TypeScriptError")
        reply, _ = self.run_cell("function f(x) { return x; }")
        self.assertIn("implicitly", reply["evalue"])


class Unused(KernelTestCase):
    def test_tensorflow_is_not_loaded_before_it_is_used(self):
        loaded = "Object.keys((Module as any)._cache).some((file) => file.includes('tfjs'))"
        self.assertEqual(self.value(f"import Module from 'node:module'; mlp({{ widths: [2, 2, 2], seed: 1 }}); {loaded}"), "false")
        self.value("tf.tensor1d([1]).shape")
        self.assertEqual(self.value(loaded), "true")


class Results(KernelTestCase):
    """What a cell ends with is short: a network is a line, not its weights."""

    setup = (
        "const net = mlp({ widths: [784, 512, 10], seed: 7 });"
        "const batch = (await data.mnist()).draw({ size: 8, seed: 4 });"
        "const shared = captureGradient(net, batch);"
        "const answer = reconstruct(net, shared);"
    )

    def lines(self, code):
        return self.value(code).splitlines()

    def test_networks_gradients_and_data_are_a_line_each(self):
        self.value(self.setup)
        self.assertEqual(self.lines("net"), ["network 784-512-10, relu, 407050 parameters"])
        self.assertRegex(self.value("shared"), r"^gradient averaged over its batch, float64: weights 512 x 784, 10 x 512, with biases, norm \S+$")
        self.assertEqual(self.lines("batch"), ["batch of 8 samples of 28 x 28 x 1, labels 9, 6, 4, 6, 0, 8, 2, 8"])
        self.assertRegex(self.value("await data.mnist()"), r"^mnist: 10000 samples of 28 x 28 x 1, 10 classes; draw\(.*$")

    def test_answers_are_tables_and_figures_figures(self):
        self.value(self.setup)
        self.assertEqual(len(self.lines("answer")), 10)
        self.assertEqual(len(self.lines("score(recovered(answer), batch)")), 10)
        reply, outputs = self.run_cell("viz.exanHeatmap(exclusivityState(net, batch))")
        self.assertIn("application/vnd.plotly.v1+json", outputs[-1][1]["data"] if outputs[-1][0] == "execute_result" else {})

    def test_other_values_are_printed_as_before_and_json_is_untouched(self):
        self.value(self.setup)
        self.assertEqual(self.value("({ a: 1, b: [1, 2] })"), "{ a: 1, b: [ 1, 2 ] }")
        self.assertEqual(self.value("JSON.parse(JSON.stringify(net)).widths"), "[ 784, 512, 10 ]")


class Heartbeat(KernelTestCase):
    def test_a_call_that_reports_nothing_shows_that_it_goes_on_and_when_it_ended(self):
        reply, outputs = self.run_cell("const idle = watch('idle'); await new Promise((resolve) => setTimeout(resolve, 1800));")
        self.assertEqual(reply["status"], "ok", reply)
        shown = [(kind, c["data"]["text/plain"]) for kind, c in outputs if "display_data" in kind]
        self.assertEqual([kind for kind, _ in shown], ["display_data"] + ["update_display_data"] * (len(shown) - 1))
        self.assertGreater(len(shown), 2)
        self.assertRegex(shown[0][1], r"^idle 0 %(, \d s so far)?$")
        self.assertRegex(shown[-1][1], r"^idle 0 %, ended after \d\.\d s$")

    def test_a_callback_at_the_end_that_fails_does_not_keep_the_cell_from_ending(self):
        reply, outputs = self.run_cell("(globalThis as any)[Symbol.for('exan.kernel')].onCellEnd(() => { throw new Error('at the end'); }); 7")
        self.assertEqual(reply["status"], "ok", reply)
        self.assertIn("at the end", "".join(c["text"] for kind, c in outputs if kind == "stream"))
        self.assertEqual(self.value("8"), "8")


class Training(KernelTestCase):
    def test_the_loss_is_drawn_in_place_while_a_model_trains(self):
        reply, outputs = self.run_cell(
            "const net = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [20], activation: 'softmax' })] });"
            "net.compile({ loss: 'sparseCategoricalCrossentropy', optimizer: 'sgd', metrics: ['accuracy'] });"
            "const past = await net.fit(tf.randomNormal([256, 20]), tf.zeros([256]),"
            "  { epochs: 60, batchSize: 8, verbose: 0, callbacks: watchFit('net') });"
            "past.history.loss.length"
        )
        self.assertEqual(reply["status"], "ok", reply)
        shown = [(kind, c) for kind, c in outputs if "display_data" in kind]
        self.assertEqual([kind for kind, _ in shown], ["display_data"] + ["update_display_data"] * (len(shown) - 1))
        self.assertGreater(len(shown), 1)
        self.assertEqual(len({c["transient"]["display_id"] for _, c in shown}), 1)
        first, last = [c["data"] for _, c in (shown[0], shown[-1])]
        self.assertIn("image/svg+xml", first)
        self.assertRegex(last["text/plain"], r"^net, epoch 60, loss \S+, acc \S+$")
        curves = [len(data["application/vnd.plotly.v1+json"]["data"][0]["y"]) for data in (first, last)]
        self.assertLess(curves[0], 60)
        self.assertEqual(curves[1], 60)


class Cells(KernelTestCase):
    def test_names_last_from_cell_to_cell(self):
        self.run_cell("let count = 1; const twice = (x: number) => 2 * x; interface Point { x: number }")
        self.run_cell("count += 4;")
        self.assertEqual(self.value("const p: Point = { x: twice(count) }; p.x"), "10")

    def test_a_short_property_reads_an_earlier_cell(self):
        self.run_cell("const rng = 7;")
        self.assertEqual(self.value("const options = { rng }; options"), "{ rng: 7 }")

    def test_top_level_await_in_every_form(self):
        self.assertEqual(self.value("await Promise.resolve(1)"), "1")
        self.assertEqual(self.value("const a = await (Promise.resolve(2)); a"), "2")
        self.assertEqual(self.value("let s = 0; for await (const x of [1, 2]) s += x; s"), "3")
        self.assertEqual(self.value("await (async () => await Promise.all([3, 4]))()"), "[ 3, 4 ]")

    def test_local_typescript_files_are_imported(self):
        helper = pathlib.Path(self.folder) / "helper.ts"
        helper.write_text("export const factor: number = 2;\n", encoding="utf8")
        self.assertEqual(self.value("import { factor } from './helper'; factor * 21"), "42")

    def test_streams_and_result_come_in_order(self):
        _, outputs = self.run_cell("console.log('a'); console.error('b'); console.log('c'); 'd'")
        self.assertEqual([k for k, _ in outputs], ["execute_input", "stream", "stream", "stream", "execute_result"])
        self.assertEqual([c["text"] for k, c in outputs if k == "stream"], ["a\n", "b\n", "c\n"])

    def test_ten_thousand_lines_arrive_whole(self):
        _, outputs = self.run_cell("for (let i = 0; i < 10_000; i++) console.log(i);")
        text = "".join(c["text"] for k, c in outputs if k == "stream")
        self.assertEqual(text.split(), [str(i) for i in range(10_000)])

    def test_silent_cells_show_nothing_and_do_not_count(self):
        before = int(self.run_cell("1")[0]["execution_count"])
        reply, outputs = self.run_cell("const quiet = 5; quiet", silent=True)
        self.assertEqual((reply["status"], outputs), ("ok", []))
        self.run_cell("quiet", store_history=False)
        self.assertEqual(self.run_cell("quiet")[0]["execution_count"], before + 1)

    def test_a_failed_cell_stops_those_sent_with_it(self):
        first = self.client.execute("throw new Error('stop')")
        second = self.client.execute("globalThis.ran = true")
        self.assertEqual(self.reply(first)["status"], "error")
        self.assertEqual(self.reply(second)["status"], "aborted")
        self.assertEqual(self.value("1 + 1"), "2")

    def test_stop_on_error_false_lets_them_run(self):
        first = self.client.execute("throw new Error('go on')", stop_on_error=False)
        second = self.client.execute("'ran'")
        self.assertEqual(self.reply(first)["status"], "error")
        self.assertEqual(self.reply(second)["status"], "ok")


class Errors(KernelTestCase):
    def failure(self, code):
        reply, outputs = self.run_cell(code)
        self.assertEqual(reply["status"], "error")
        [error] = [c for k, c in outputs if k == "error"]
        self.assertEqual(error["traceback"], reply["traceback"])
        return "\n".join(error["traceback"])

    def test_a_traceback_names_cell_line_and_column(self):
        reply, _ = self.run_cell("// one\n// two\ninterface Gone { a: number }\nfunction boom(x: number): never {\n  throw new RangeError(`bad ${x}`);\n}")
        cell = reply["execution_count"]
        text = self.failure("const a: number = 1;\n\nboom(a);")
        self.assertIn("RangeError: bad 1", text)
        self.assertIn(f"at boom (cell {cell}:5:9)", text)
        self.assertIn(f"at cell {cell + 1}:3:1", text)
        self.assertIn("> 5 |   throw new RangeError", text)
        self.assertNotIn("node_modules", text)
        self.assertNotIn("kernel-ext", text)

    def test_lines_stay_right_after_await(self):
        text = self.failure("const { rng } = { rng: 1 };\nawait Promise.resolve(rng);\n\nthrow new TypeError('late');")
        self.assertRegex(text, r"at cell \d+:4:7")

    def test_a_type_error_shows_its_line(self):
        text = self.failure("const fine = 1;\nconst wrong: string = fine;")
        self.assertRegex(text, r"cell \d+:2:7 - Type 'number' is not assignable to type 'string'")
        self.assertIn("^^^^^", text)

    def test_a_syntax_error_is_told_and_the_kernel_lives(self):
        self.failure("const = 3;")
        self.assertEqual(self.value("2"), "2")

    def test_a_thrown_value_that_is_no_error(self):
        self.assertIn("Uncaught { code: 3 }", self.failure("throw { code: 3 };"))

    def test_a_rejected_promise_fails_its_cell_only(self):
        self.assertIn("Error: nope", self.failure("await Promise.reject(new Error('nope'));"))
        self.run_cell("void Promise.reject(new Error('unseen')); setTimeout(() => { throw new Error('later'); }, 1);")
        self.assertEqual(self.value("await new Promise((r) => setTimeout(() => r(4), 30))"), "4")

    def test_a_name_that_was_never_set_says_why(self):
        self.failure("const never: number = (() => { throw new Error('early'); })();")
        self.assertIn("never has no value", self.failure("never + 1"))


class Displays(KernelTestCase):
    kernel = "(globalThis as any)[Symbol.for('exan.kernel')]"

    def test_one_display_carries_many_forms_and_is_updated(self):
        _, outputs = self.run_cell(
            f"const k = {self.kernel};"
            "k.display({ 'text/plain': 'a', 'application/json': { a: [1] }, 'image/png': new Uint8Array([1, 2]) }, { displayId: 'd', metadata: { m: 1 } });"
            "k.display({ 'text/plain': 'b' }, { displayId: 'd', update: true }); k.clearOutput(true);"
        )
        (_, first), (_, second), (_, third) = outputs[1:]
        self.assertEqual([k for k, _ in outputs[1:]], ["display_data", "update_display_data", "clear_output"])
        self.assertEqual(first["data"], {"text/plain": "a", "application/json": {"a": [1]}, "image/png": "AQI="})
        self.assertEqual((first["metadata"], first["transient"]), ({"m": 1}, {"display_id": "d"}))
        self.assertEqual((second["data"], second["transient"]), ({"text/plain": "b"}, {"display_id": "d"}))
        self.assertEqual(third, {"wait": True})

    def test_a_value_that_knows_how_to_show_itself(self):
        _, outputs = self.run_cell("({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<i>x</i>' }) })")
        self.assertEqual(outputs[-1][1]["data"], {"text/html": "<i>x</i>"})

    def test_tslabs_own_display_works(self):
        _, outputs = self.run_cell("import { display } from 'tslab'; display.markdown('**x**')")
        self.assertEqual(outputs[-1][1]["data"], {"text/markdown": "**x**"})


class Language(KernelTestCase):
    def test_completion_knows_members_and_kinds(self):
        reply = self.reply(self.client.complete("const m = new Matrix(1, 1); m.transp", 36))
        self.assertIn("transpose", reply["matches"])
        self.assertEqual((reply["cursor_start"], reply["cursor_end"]), (30, 36))
        [entry] = [t for t in reply["metadata"]["_jupyter_types_experimental"] if t["text"] == "transpose"]
        self.assertEqual(entry["type"], "method")

    def test_hover_has_signature_and_documentation_in_markdown(self):
        reply = self.reply(self.client.inspect("const g = captureGradient(", 20))
        self.assertTrue(reply["found"])
        self.assertIn("```typescript", reply["data"]["text/markdown"])
        self.assertIn("captureGradient", reply["data"]["text/plain"])
        self.assertGreater(len(reply["data"]["text/markdown"].splitlines()), 4)

    def test_cursor_positions_count_characters(self):
        reply = self.reply(self.client.complete("'😀'; Math.cbr", 13))
        self.assertEqual((reply["matches"], reply["cursor_start"]), (["cbrt"], 10))

    def test_completion_answers_while_a_cell_waits(self):
        request = self.client.execute("await new Promise((r) => setTimeout(r, 600)); 'done'")
        self.assertEqual(self.reply(self.client.complete("Math.cbr", 8))["matches"], ["cbrt"])
        self.assertEqual(self.reply(request)["status"], "ok")


if __name__ == "__main__":
    unittest.main()
