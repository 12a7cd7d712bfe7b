"""`jupyter nbconvert` with this kernel: executing notebooks, and what its HTML shows without a network."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

repository = Path(__file__).parent.parent.parent
view_type = "application/vnd.jupyter.widget-view+json"
state_type = "application/vnd.jupyter.widget-state+json"


def nbconvert(*words):
    return subprocess.run([sys.executable, "-m", "nbconvert", *map(str, words)], capture_output=True, text=True, timeout=120)


class NbconvertTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Below the repository, which is all that the test's system sees of this one.
        (repository / "out").mkdir(exist_ok=True)
        cls.folder = tempfile.TemporaryDirectory(dir=repository / "out")
        cls.out = Path(cls.folder.name)
        cls.execution = nbconvert("--to", "notebook", "--execute", repository / "notebooks/00-tour.ipynb", "--output-dir", cls.out)
        cls.executed = cls.out / "00-tour.ipynb"

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def written(self, *sources):
        path = self.out / "written.ipynb"
        cells = [
            {"cell_type": "code", "id": f"c{i}", "metadata": {}, "source": source, "execution_count": None, "outputs": []}
            for i, source in enumerate(sources)
        ]
        kernelspec = {"name": "warplab", "display_name": "TypeScript (warplab)", "language": "typescript"}
        path.write_text(
            json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernelspec}, "cells": cells})
        )
        return path

    def test_it_executes_the_tour(self):
        self.assertEqual(self.execution.returncode, 0, self.execution.stderr)
        cells = [cell for cell in json.loads(self.executed.read_text())["cells"] if cell["cell_type"] == "code"]
        self.assertEqual([cell["execution_count"] for cell in cells], list(range(1, len(cells) + 1)))
        self.assertTrue(all(cell["outputs"] for cell in cells))
        outputs = [output for cell in cells for output in cell["outputs"]]
        self.assertNotIn("error", [output["output_type"] for output in outputs])
        types = {kind for output in outputs for kind in output.get("data", {})}
        self.assertLessEqual({"text/html", "text/plain", "image/svg+xml", view_type}, types)

    def test_a_live_view_comes_with_its_state_and_its_still_form(self):
        notebook = json.loads(self.executed.read_text())
        states = notebook["metadata"]["widgets"][state_type]["state"]
        bundles = [
            output["data"]
            for cell in notebook["cells"]
            for output in cell.get("outputs", [])
            if view_type in output.get("data", {})
        ]
        self.assertGreaterEqual(len(bundles), 1)
        for bundle in bundles:
            self.assertIn(bundle[view_type]["model_id"], states)
            self.assertIn("text/html", bundle)
            self.assertIn("text/plain", bundle)

    def html(self, *options):
        result = nbconvert("--to", "html", self.executed, "--output-dir", self.out, *options)
        self.assertEqual(result.returncode, 0, result.stderr)
        text = (self.out / "00-tour.html").read_text()
        return text[text.index("<main") :]

    def test_its_html_shows_tables_and_charts_without_a_network(self):
        html = self.html()
        self.assertIn("<table", html)
        self.assertGreaterEqual(html.count('src="data:image/svg+xml;base64,'), 3)
        self.assertNotRegex(html, r'<(?:img|iframe|link)[^>]+(?:src|href)="https?:')

    def test_its_html_steps_without_a_network_where_html_comes_first(self):
        # nbconvert itself prefers the widget, which its page can only draw with code from a CDN.
        self.assertNotIn("warplab-frame", self.html())
        kinds = ("text/html", "image/svg+xml", "image/png", "text/plain")
        self.assertIn('class="warplab-frame"', self.html(*(f"--NbConvertBase.display_data_priority={kind}" for kind in kinds)))

    def test_what_it_saved_becomes_a_page_with_the_view_alive(self):
        words = ["node", repository / "dist/cli/main.js", "page", self.executed, "--out", self.out / "pages"]
        result = subprocess.run([*map(str, words)], capture_output=True, text=True, timeout=60)
        # No word of a missing state either.
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        page = (self.out / "pages/00-tour.html").read_text()
        self.assertIn("data-warplab-widget=", page)
        self.assertIn('id="warplab-widgets"', page)

    def test_a_failing_cell_ends_it_with_the_cell_and_the_line(self):
        path = self.written("const fine = 1;", "interface Gone { a: number }\n\nthrow new RangeError('too far');", "'never'")
        result = nbconvert("--to", "notebook", "--execute", path, "--output", "failed")
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("RangeError: too far", result.stderr)
        self.assertRegex(result.stderr, r"cell 2, line 3|cell 2:3")
        self.assertFalse((self.out / "failed.ipynb").exists())

    def test_allow_errors_goes_on_and_keeps_the_error(self):
        path = self.written("throw new RangeError('too far');", "'after'")
        result = nbconvert("--to", "notebook", "--execute", "--allow-errors", path, "--output", "allowed")
        self.assertEqual(result.returncode, 0, result.stderr)
        first, second = json.loads((self.out / "allowed.ipynb").read_text())["cells"]
        self.assertEqual([output["output_type"] for output in first["outputs"]], ["error"])
        self.assertEqual(second["outputs"][0]["data"]["text/plain"], ["'after'"])

    def test_what_a_type_error_says_names_the_place(self):
        path = self.written("const n: number = 1;\nn.nothing")
        result = nbconvert("--to", "notebook", "--execute", path, "--output", "mistyped")
        self.assertNotEqual(result.returncode, 0)
        self.assertRegex(result.stderr, r"cell 1, line 2, column 3: Property 'nothing'")
