// Counts the tests of a vitest JSON report: prints "passed failed skipped", and on standard error what was skipped. A file
// that could not be loaded has no tests to count, and is one failure.
import { readFileSync } from "node:fs";

const [path] = process.argv.slice(2);
const report = JSON.parse(readFileSync(path, "utf8"));
const counts = { passed: 0, failed: 0, skipped: 0 };
for (const file of report.testResults) {
  const failedTests = file.assertionResults.filter(({ status }) => status === "failed").length;
  if (file.status === "failed" && failedTests === 0) counts.failed++;
  for (const { status, fullName } of file.assertionResults) {
    if (status === "passed" || status === "failed") counts[status]++;
    else {
      counts.skipped++;
      process.stderr.write(`   skipped: ${fullName}\n`);
    }
  }
}
console.log(counts.passed, counts.failed, counts.skipped);
