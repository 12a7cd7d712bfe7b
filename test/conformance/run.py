"""Runs the tests of this folder against the kernel that JUPYTER_PATH names. The last line counts them, as .ci/run adds them up.

Each test counts once, whatever its parts: failed where one of them failed, skipped where one was skipped. A skip that no
`does_not_apply` explains is a failure, as is a run in which nothing passed.
"""

import signal
import sys
import unittest
from pathlib import Path


class Result(unittest.TextTestResult):
    def __init__(self, *words, **options):
        super().__init__(*words, **options)
        self.outcomes: dict[str, str] = {}
        self.reasons: dict[str, str] = {}

    def startTest(self, test):
        super().startTest(test)
        self.outcomes[test.id()] = "passed"
        # Some of them wait for a message without end.
        signal.alarm(patience)

    def stopTest(self, test):
        signal.alarm(0)
        super().stopTest(test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.settle(test, "skipped")
        self.reasons[whole(test).id()] = reason

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.settle(test, "failed")

    def addError(self, test, error):
        super().addError(test, error)
        self.settle(test, "failed")

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            self.settle(test, "failed")

    def settle(self, test, outcome):
        name = whole(test).id()
        if self.outcomes.get(name) != "failed":
            self.outcomes[name] = outcome


def give_up(_signal, _frame):
    raise TimeoutError(f"no end within {patience} s")


# How long a test may take, in seconds.
patience = 60
signal.signal(signal.SIGALRM, give_up)


def whole(test):
    """The test that a part belongs to."""
    return getattr(test, "test_case", test)


def main() -> int:
    folder = Path(__file__).parent
    sys.path.insert(0, str(folder))
    names = sys.argv[1:] or sorted(path.stem for path in folder.glob("test_*.py"))
    suite = unittest.defaultTestLoader.loadTestsFromNames(names)
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2, resultclass=Result).run(suite)
    explained = {}
    for name in names:
        explained.update(getattr(sys.modules.get(name.split(".")[0]), "does_not_apply", {}))
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for name, outcome in result.outcomes.items():
        why = explained.get(name.rsplit(".", 1)[-1])
        if outcome == "skipped" and why is None:
            print(f"{name} was skipped ({result.reasons[name]}), and nothing says that it does not apply")
            outcome = "failed"
        elif outcome == "skipped":
            print(f"   skipped: {name}: {why}")
        counts[outcome] += 1
    if counts["passed"] == 0:
        counts["failed"] += 1
    print(", ".join(f"{count} {outcome}" for outcome, count in counts.items()), flush=True)
    return 0 if counts["failed"] == 0 else 1


sys.exit(main())
