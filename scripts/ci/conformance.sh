#!/bin/bash
# The kernel that was built, tested from the Python side (test/conformance) in the JupyterLab of the tests: by the Jupyter
# project's own conformance tests and by plain jupyter_client. Words are tests by name: conformance.sh test_kernel.
# Its last line is `N passed, N failed, N skipped`. Needs root and scripts/ci/jupyterlab-rootfs.sh build.
set -euo pipefail
cd "$(dirname "$0")/../.."
JUPYTER_PATH=$(node --input-type=module -e '
  import { jupyterFolder } from "./dist/notebook/lab.js";
  console.log(jupyterFolder());
')
export JUPYTER_PATH
exec scripts/ci/jupyterlab-rootfs.sh exec "$PWD" python3 -B test/conformance/run.py "$@"
