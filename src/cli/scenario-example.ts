// A scenario as help texts show it: the preset `demo`, short enough to be typed. Knows no command.

/** JSON, indented as help texts are. */
export const scenarioExample: string = `{
    "name": "demo",
    "workload": { "rps": 2, "duration_s": 10, "batch_size": 1, "jitter_pct": 0 },
    "target": { "name": "L40", "tflops": 180, "mem_gbps": 3000, "ms_per_token": 0.2, "h2d_gbps": 32, "d2h_gbps": 32, "concurrency": 4 },
    "pipeline": [
      { "name": "preprocess", "kind": "fixed_ms", "value": 2 },
      { "name": "h2d", "kind": "bytes", "value": 8388608 },
      { "name": "compute", "kind": "tokens", "value": 128 },
      { "name": "d2h", "kind": "bytes", "value": 2097152 },
      { "name": "postprocess", "kind": "fixed_ms", "value": 1 }
    ]
  }`;
