// Counts the tests of a vitest JSON report: prints "passed failed skipped", and on standard error what failed, with the
// first lines of why, and what was skipped. A file that could not be loaded has no tests to count, and is one failure.
import { readFileSync } from "node:fs";

const [path] = process.argv.slice(2);
const report = JSON.parse(readFileSync(path, "utf8"));
const say = (what, name, messages = []) => {
  const why = messages.join("\n").split("\n").filter(Boolean).slice(0, 12);
  process.stderr.write([`   ${what}: ${name}`, ...why.map((line) => `      ${line}`), ""].join("\n"));
};
const counts = { passed: 0, failed: 0, skipped: 0 };
for (const file of report.testResults) {
  const failedTests = file.assertionResults.filter(({ status }) => status === "failed").length;
  if (file.status === "failed" && failedTests === 0) {
    counts.failed++;
    say("failed", file.name, [file.message]);
  }
  for (const { status, fullName, failureMessages } of file.assertionResults) {
    if (status === "passed") counts.passed++;
    else if (status === "failed") {
      counts.failed++;
      say("failed", fullName, failureMessages);
    } else {
      counts.skipped++;
      say("skipped", fullName);
    }
  }
}
console.log(counts.passed, counts.failed, counts.skipped);
