#!/bin/sh
# Records the CUDA driver calls of a command as JSON lines: run_trace.sh [--preload] [--kernel] [--out FILE] COMMAND...
# Everything is done by record.py; this finds a Python to do it.
here=$(cd "$(dirname "$0")" && pwd) || exit 2
for python in "${PYTHON:-python3}" python3; do
  if command -v "$python" >/dev/null 2>&1; then exec "$python" -B "$here/record.py" "$@"; fi
done
echo "run_trace.sh: there is no python3 on the PATH, which writes the trace. Install Python 3.8 or newer (its standard library is enough)." >&2
exit 2
