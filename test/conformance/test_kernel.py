"""The Jupyter project's own conformance tests (jupyter_kernel_test), with what to type to this kernel."""

import jupyter_kernel_test


class KernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = "warplab"
    language_name = "typescript"
    file_extension = ".ts"

    code_hello_world = 'console.log("hello, world")'
    code_stderr = 'console.error("something is odd")'

    completion_samples = [
        {"text": "consol", "matches": {"console"}},
        {"text": "Math.flo", "matches": {"floor"}},
        {"text": "[1, 2].findLastI", "matches": {"findLastIndex"}},
    ]

    complete_code_samples = [
        "1",
        "const a: number = 1;",
        'console.log("hello, world")',
        "function f(n: number): number {\n  return n;\n}",
        "await Promise.resolve(1)",
        'import { VirtualGPU } from "warplab";',
    ]
    incomplete_code_samples = [
        "function f(n: number): number {",
        "const a = [1,",
        "if (true) {\n  f(",
        "`a template",
        "/* a comment",
    ]
    invalid_code_samples = ["const = 1;", "let a b;", "let 1a;", 'f(1));']

    code_generate_error = 'throw new RangeError("too far")'

    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": '"a" + "b"', "result": "'ab'"},
        {"code": "[1, 2, 3].map((n) => n * n)", "result": "[ 1, 4, 9 ]"},
        {"code": "await Promise.resolve({ a: 1 })", "result": "{ a: 1 }"},
        {"code": 'import { table } from "arquero"; table({ a: [1] })', "mime": "text/html"},
    ]

    code_display_data = [
        {"code": 'import { show } from "warplab"; show([1, 2])', "mime": "text/plain"},
        {
            "code": 'import { show } from "warplab"; import { table } from "arquero"; show(table({ a: [1] }))',
            "mime": "text/html",
        },
    ]

    code_history_pattern = "6*7"
    supported_history_operations = ("tail", "range", "search")

    code_inspect_sample = "Math.floor"
    code_clear_output = 'import { clearOutput } from "warplab"; clearOutput()'

    # A payload that opens a pager is deprecated by the protocol, and TypeScript has no syntax that would ask for one (IPython
    # has `name?`): documentation is shown by inspection.
    code_page_something = ""


class IopubWelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "warplab"
    support_iopub_welcome = True


# Test by test, why what is skipped does not apply to this kernel; what is skipped besides these is a failure (run.py).
does_not_apply = {
    "test_pager": "no syntax of TypeScript asks for a pager, and the protocol deprecates its payload",
}

# Ours are derived from these, which are not to be run by themselves.
del jupyter_kernel_test
