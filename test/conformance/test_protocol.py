"""The kernel as plain jupyter_client sees it, the library under every Python front end: what the project's own conformance
tests leave out. One kernel for all; each test names its variables for itself."""

import time
import unittest
from queue import Empty

from jupyter_client.manager import start_new_kernel

patience = 15


class ProtocolTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.manager, cls.client = start_new_kernel(kernel_name="warplab")

    @classmethod
    def tearDownClass(cls):
        cls.client.stop_channels()
        cls.manager.shutdown_kernel()

    def setUp(self):
        for channel in (self.client.shell_channel, self.client.iopub_channel, self.client.stdin_channel):
            while channel.msg_ready():
                channel.get_msg(timeout=1)

    def request(self, code, **options):
        """Sends a cell; the id by which its answers are known."""
        return self.client.execute(code, **{"allow_stdin": False, **options})

    def reply_to(self, request):
        return answer_to(request, self.client.get_shell_msg)

    def published(self, request, kinds, until=lambda message: is_idle(message)):
        """What is published for a request, up to the message that ends it."""
        found = []
        while True:
            message = self.client.get_iopub_msg(timeout=patience)
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["msg_type"] in kinds:
                found.append(message)
            if until(message):
                return found

    def run_cell(self, code, kinds=("stream", "error", "execute_result", "display_data"), **options):
        request = self.request(code, **options)
        return self.reply_to(request)["content"], self.published(request, kinds)

    def printed(self, code):
        content, messages = self.run_cell(code, ("stream",))
        self.assertEqual(content["status"], "ok", content)
        return "".join(message["content"]["text"] for message in messages)

    def test_prompt_asks_on_stdin(self):
        request = self.request('const answer = prompt("Your name?"); console.log("Hello,", answer);', allow_stdin=True)
        question = self.client.get_stdin_msg(timeout=patience)
        self.assertEqual(question["msg_type"], "input_request")
        self.assertEqual(question["parent_header"]["msg_id"], request)
        self.assertEqual(question["content"], {"prompt": "Your name? ", "password": False})
        self.client.input("Ada")
        self.assertEqual(self.reply_to(request)["content"]["status"], "ok")
        texts = [message["content"]["text"] for message in self.published(request, ("stream",))]
        self.assertEqual("".join(texts), "Hello, Ada\n")

    def test_prompt_is_refused_where_nobody_can_answer(self):
        content, _ = self.run_cell('prompt("Your name?")')
        self.assertEqual(content["status"], "error")

    def test_interrupt_by_message_stops_any_cell_and_keeps_the_state(self):
        self.run_cell("let kept = 42;")
        for code in ("for (;;) {}", "await new Promise(() => {})", "await null; for (;;) {}"):
            with self.subTest(code):
                request = self.request(code)
                self.published(request, ("execute_input",), until=lambda m: m["msg_type"] == "execute_input")
                time.sleep(0.3)
                # As its kernelspec asks: by a message on the control channel.
                self.manager.interrupt_kernel()
                asked = time.monotonic()
                content = self.reply_to(request)["content"]
                self.assertEqual(content["status"], "error")
                self.assertLess(time.monotonic() - asked, 5)
                self.assertEqual(self.printed("console.log(kept)"), "42\n")

    def test_an_error_aborts_what_waits_and_only_that(self):
        failing = self.request("await new Promise((go) => setTimeout(go, 300)); throw new Error('first')")
        waiting = self.request("console.log('never')")
        self.assertEqual(self.reply_to(failing)["content"]["status"], "error")
        self.assertEqual(self.reply_to(waiting)["content"]["status"], "aborted")
        self.assertEqual(self.published(waiting, ("stream", "execute_input")), [])
        self.assertEqual(self.printed("console.log('again')"), "again\n")

    def test_an_error_aborts_nothing_without_stop_on_error(self):
        failing = self.request("await new Promise((go) => setTimeout(go, 300)); throw 1", stop_on_error=False)
        waiting = self.request("console.log('still')")
        self.assertEqual(self.reply_to(failing)["content"]["status"], "error")
        self.assertEqual(self.reply_to(waiting)["content"]["status"], "ok")

    def test_an_error_is_told_twice_with_the_line_as_typed(self):
        content, messages = self.run_cell("interface Gone { a: number }\n\n(null as any).b")
        self.assertEqual([message["msg_type"] for message in messages], ["error"])
        told = messages[0]["content"]
        self.assertEqual(content["ename"], "TypeError")
        for field in ("ename", "evalue", "traceback"):
            self.assertEqual(content[field], told[field])
        self.assertRegex("\n".join(told["traceback"]), r"cell \d+, line 3|cell \d+:3")

    def test_late_output_belongs_to_the_cell_that_made_it(self):
        first = self.request("setTimeout(() => console.log('late'), 300)")
        self.reply_to(first)
        second = self.request("await new Promise((go) => setTimeout(go, 800)); console.log('mine')")
        self.reply_to(second)
        parents = {}
        while len(parents) < 2:
            message = self.client.get_iopub_msg(timeout=patience)
            if message["msg_type"] == "stream":
                parents[message["content"]["text"]] = message["parent_header"]["msg_id"]
        self.assertEqual(parents, {"late\n": first, "mine\n": second})

    def test_a_display_is_updated_by_its_id(self):
        kinds = ("display_data", "update_display_data")
        code = 'import { show } from "warplab"; show(1, { id: "place" });'
        _, first = self.run_cell(code, kinds)
        _, second = self.run_cell('show(2, { id: "place" });', kinds)
        self.assertEqual([m["msg_type"] for m in first + second], list(kinds))
        ids = {m["content"]["transient"]["display_id"] for m in first + second}
        self.assertEqual(len(ids), 1)
        self.assertEqual(second[0]["content"]["data"]["text/plain"], "2")

    def test_user_expressions_are_evaluated_each_for_itself(self):
        content, _ = self.run_cell("const side = 6;", user_expressions={"area": "side * side", "wrong": "nowhere + 1"})
        expressions = content["user_expressions"]
        self.assertEqual(expressions["area"]["status"], "ok")
        self.assertEqual(expressions["area"]["data"]["text/plain"], "36")
        self.assertEqual(expressions["wrong"]["status"], "error")
        self.assertIn("nowhere", expressions["wrong"]["evalue"])

    def test_silent_says_and_counts_nothing(self):
        before, _ = self.run_cell("1")
        request = self.request("7 * 7", silent=True)
        self.assertEqual(self.reply_to(request)["content"]["status"], "ok")
        kinds = ("execute_input", "execute_result", "display_data")
        self.assertEqual(self.published(request, kinds), [])
        after, _ = self.run_cell("2")
        self.assertEqual(after["execution_count"], before["execution_count"] + 1)
        history = self.client.history(hist_access_type="tail", n=2, raw=True, output=False)
        entries = answer_to(history, self.client.get_shell_msg)["content"]["history"]
        self.assertEqual([entry[2] for entry in entries], ["1", "2"])

    def test_a_comm_carries_16_mib_both_ways(self):
        # An echo: what the front end sends comes back, data and buffers.
        self.run_cell(
            'const kernel = (globalThis as any)[Symbol.for("warplab.kernel")];'
            'kernel.registerTarget("echo", (comm: any) => {'
            "  comm.onMessage = (data: unknown, buffers: Uint8Array[]) => comm.send(data, { buffers });"
            '  comm.send("open");'
            "});"
        )
        self.comm("comm_open", {"comm_id": "e1", "target_name": "echo", "data": {}})
        self.assertEqual(self.comm_message("e1")["content"]["data"], "open")
        size = 16 * 1024 * 1024
        sent = bytes(range(256)) * (size // 256)
        self.comm("comm_msg", {"comm_id": "e1", "data": {"n": 1}}, [sent, b"", b"tail"])
        message = self.comm_message("e1")
        self.assertEqual(message["content"]["data"], {"n": 1})
        self.assertEqual([bytes(buffer) == part for buffer, part in zip(message["buffers"], [sent, b"", b"tail"])], [True] * 3)
        request = self.client.comm_info("echo")
        comms = answer_to(request, self.client.get_shell_msg)["content"]["comms"]
        self.assertEqual(comms, {"e1": {"target_name": "echo"}})
        self.comm("comm_close", {"comm_id": "e1", "data": {}})
        request = self.client.comm_info("echo")
        self.assertEqual(answer_to(request, self.client.get_shell_msg)["content"]["comms"], {})

    def test_a_comm_to_nobody_is_closed(self):
        self.comm("comm_open", {"comm_id": "n1", "target_name": "nobody", "data": {}})
        closed = self.comm_message("n1", "comm_close")
        self.assertEqual(closed["content"]["comm_id"], "n1")

    def test_comm_messages_keep_their_order_while_a_cell_awaits(self):
        self.run_cell(
            'const bridge = (globalThis as any)[Symbol.for("warplab.kernel")];'
            'bridge.registerTarget("count", (comm: any) => { comm.onMessage = (n: number) => comm.send(n); });'
        )
        self.comm("comm_open", {"comm_id": "c1", "target_name": "count", "data": {}})
        request = self.request("await new Promise((go) => setTimeout(go, 1500))")
        for n in range(1000):
            self.comm("comm_msg", {"comm_id": "c1", "data": n})
        heard = [self.comm_message("c1")["content"]["data"] for _ in range(1000)]
        self.assertEqual(heard, list(range(1000)))
        self.assertEqual(self.reply_to(request)["content"]["status"], "ok")

    def comm(self, kind, content, buffers=()):
        session = self.client.session
        session.send(self.client.shell_channel.socket, session.msg(kind, content), buffers=list(buffers))

    def comm_message(self, comm, kind="comm_msg"):
        while True:
            message = self.client.get_iopub_msg(timeout=patience)
            if message["msg_type"] == kind and message["content"]["comm_id"] == comm:
                return message

    def test_what_is_unknown_does_no_harm(self):
        session = self.client.session
        session.send(self.client.shell_channel.socket, session.msg("no_such_request", {}))
        session.send(self.client.shell_channel.socket, session.msg("comm_msg", {"comm_id": "nowhere", "data": {}}))
        self.client.shell_channel.socket.send_multipart([b"<IDS|MSG>", b"", b"not", b"json"])
        self.assertEqual(self.printed("console.log('alive')"), "alive\n")

    def test_a_restart_forgets_and_serves_again(self):
        manager, client = start_new_kernel(kernel_name="warplab")
        try:
            answer_to(client.execute("let forgotten = 1; setInterval(() => {}, 1000);"), client.get_shell_msg)
            manager.restart_kernel()
            client.wait_for_ready(timeout=patience)
            content = answer_to(client.execute("forgotten"), client.get_shell_msg)["content"]
            self.assertEqual((content["status"], content["execution_count"]), ("error", 1))
        finally:
            client.stop_channels()
            manager.shutdown_kernel()
        self.assertFalse(manager.is_alive())


def answer_to(request, receive):
    while True:
        try:
            message = receive(timeout=patience)
        except Empty:
            raise AssertionError(f"no answer within {patience} s") from None
        if message["parent_header"].get("msg_id") == request:
            return message


def is_idle(message):
    return message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"
