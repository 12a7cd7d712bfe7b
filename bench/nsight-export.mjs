// A large export of Nsight Systems for the benchmark: the tables of CUDA with all columns of a recent version, and nothing that takes room
// without being an event, as call chains do. Knows nothing of what is read of it.
import sqlite from "node-sqlite3-wasm";

/** Writes an export with so many launches, and a copy for every sixth of them, made by one thread in one process. */
export function writeNsightExport(path, { launches }) {
  const database = new sqlite.Database(path);
  const process = (1n << 56n) | (4242n << 24n);
  database.exec(`
    PRAGMA synchronous = OFF;
    BEGIN;
    CREATE TABLE StringIds(id INTEGER PRIMARY KEY, value TEXT);
    CREATE TABLE ENUM_CUDA_MEM_KIND(id INTEGER, name TEXT, label TEXT);
    INSERT INTO ENUM_CUDA_MEM_KIND VALUES (1, 'PINNED', 'Pinned'), (2, 'DEVICE', 'Device');
    CREATE TABLE CUPTI_ACTIVITY_KIND_RUNTIME(start INTEGER, end INTEGER, eventClass INTEGER, globalTid INTEGER, correlationId INTEGER,
      nameId INTEGER, returnValue INTEGER, callchainId INTEGER);
    CREATE TABLE CUPTI_ACTIVITY_KIND_KERNEL(start INTEGER, end INTEGER, deviceId INTEGER, contextId INTEGER, greenContextId INTEGER,
      streamId INTEGER, correlationId INTEGER, globalPid INTEGER, demangledName INTEGER, shortName INTEGER, mangledName INTEGER,
      launchType INTEGER, cacheConfig INTEGER, registersPerThread INTEGER, gridX INTEGER, gridY INTEGER, gridZ INTEGER, blockX INTEGER,
      blockY INTEGER, blockZ INTEGER, staticSharedMemory INTEGER, dynamicSharedMemory INTEGER, localMemoryPerThread INTEGER,
      localMemoryTotal INTEGER, gridId INTEGER, sharedMemoryExecuted INTEGER, graphNodeId INTEGER, sharedMemoryLimitConfig INTEGER);
    CREATE TABLE CUPTI_ACTIVITY_KIND_MEMCPY(start INTEGER, end INTEGER, deviceId INTEGER, contextId INTEGER, greenContextId INTEGER,
      streamId INTEGER, correlationId INTEGER, globalPid INTEGER, bytes INTEGER, copyKind INTEGER, srcKind INTEGER, dstKind INTEGER);
    CREATE TABLE n(i INTEGER PRIMARY KEY);
    WITH RECURSIVE count(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM count WHERE i + 1 < ${launches}) INSERT INTO n SELECT i FROM count;
    INSERT INTO StringIds SELECT i + 1, 'void kernel_' || i || '<float, ' || i || '>(float*, int)' FROM n WHERE i < 200;
    INSERT INTO StringIds VALUES (1001, 'cudaLaunchKernel_v7000'), (1002, 'cudaMemcpyAsync_v3020');
    INSERT INTO CUPTI_ACTIVITY_KIND_RUNTIME
      SELECT 1000 + i * 5000, 2500 + i * 5000, 0, ${process + 4242n}, i + 1, 1001, 0, NULL FROM n;
    INSERT INTO CUPTI_ACTIVITY_KIND_KERNEL
      SELECT 4000 + i * 5000, 8000 + i * 5000, 0, 1, NULL, 7, i + 1, ${process}, 1 + i % 200, 1 + i % 200, 1 + i % 200, 0, 0,
        32 + i % 64, 1 + i % 100, 1 + i % 7, 1, 128, 1, 1, (i % 5) * 1024, 0, 0, 83886080, i + 1, 32768, NULL, 0 FROM n;
    INSERT INTO CUPTI_ACTIVITY_KIND_RUNTIME
      SELECT 2600 + i * 5000, 3500 + i * 5000, 0, ${process + 4242n}, ${launches} + i + 1, 1002, 0, NULL FROM n WHERE i % 6 = 0;
    INSERT INTO CUPTI_ACTIVITY_KIND_MEMCPY
      SELECT 4500 + i * 5000, 8000 + i * 5000, 0, 1, NULL, 13, ${launches} + i + 1, ${process}, 4096 * (1 + i % 9), 1 + i % 2, 1, 2
      FROM n WHERE i % 6 = 0;
    DROP TABLE n;
    COMMIT;
    VACUUM;`);
  database.close();
}
