"""The public conformance suite, jupyter_kernel_test, against the exan kernel.

Not applicable, and skipped by the suite: `test_pager` (payloads are deprecated in the protocol; there is no pager command
in TypeScript) and `IopubWelcomeTests` (JEP 65 needs an XPUB socket, which the zeromq package of Node cannot observe).
"""

import unittest

import jupyter_kernel_test as suite


class ExanConformance(suite.KernelTests):
    kernel_name = "exan"
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('test')"
    completion_samples = [
        {"text": "captureG", "matches": {"captureGradient"}},
        {"text": "Math.cbr", "matches": {"cbrt"}},
        {"text": "'é'; Math.cbr", "matches": {"cbrt"}},
    ]
    complete_code_samples = ["1", "console.log('x')", "function f(x: number) {\n  return x;\n}", "await 1"]
    incomplete_code_samples = ["function f() {", "[1, 2,", "`open", "/* open"]
    invalid_code_samples = ["let = = 3;", "const 1a = 2;"]
    code_generate_error = "throw new Error('deliberate')"
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "[1, 2].map((x) => x + 1)", "result": "[ 2, 3 ]"},
        {"code": "'text'", "result": "'text'"},
    ]
    code_display_data = [
        {"code": "import { display } from 'tslab'; display.html('<b>bold</b>')", "mime": "text/html"},
        {
            "code": "(globalThis as any)[Symbol.for('exan.kernel')].display({ 'image/svg+xml': '<svg/>', 'text/plain': 'a picture' })",
            "mime": "image/svg+xml",
        },
    ]
    code_history_pattern = "6 ? 7"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "captureGradient"
    code_clear_output = "(globalThis as any)[Symbol.for('exan.kernel')].clearOutput()"


if __name__ == "__main__":
    unittest.main()
