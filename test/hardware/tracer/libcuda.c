// A stand-in for libcuda: every entry point of the tracers' table, which lasts as long, returns what, and calls within itself what a
// plan says, and keeps its own account of when that was. Knows nothing of tracers.
//
// Built with -DTABLE='"entry_points.def"' -soname libcuda.so.1; -Bsymbolic keeps calls within it to itself, as NVIDIA's does.
#define _GNU_SOURCE
#include "libcuda.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static __thread const struct plan *planned;
static __thread struct account *accounts;
static __thread size_t account_count, account_room;
static __thread int depth;

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static __thread uint64_t inner_start, inner_end;

// What every entry point does. errno is left as a driver might leave it, for tests to see that tracers leave it so.
static result stand_in(const char *name, unsigned count, const word *arguments) {
  const uint64_t start = now();
  const struct plan *plan = planned;
  planned = NULL;
  result value = 0;
  if (plan != NULL) {
    if (strcmp(plan->name, name) != 0) value = 999;
    for (unsigned i = 0; i < plan->argument_count && i < count; i++) {
      if (plan->exact && plan->arguments[i] != arguments[i]) value = 998;
    }
    for (const struct plan *inside = plan->inside; inside != NULL; inside = inside->next) stand_in_perform(inside, NULL);
    while (plan->duration == FOREVER) pause();
    while (now() - start < plan->duration) continue;
    if (value == 0) value = plan->result;
    if (value == 0 && plan->has_out) *(word *)arguments[0] = plan->out;
    errno = plan->error;
  }
  inner_start = start;
  inner_end = now();
  return value;
}

#define PARAMETERS_0 void
#define PARAMETERS_1 word a0
#define PARAMETERS_2 PARAMETERS_1, word a1
#define PARAMETERS_3 PARAMETERS_2, word a2
#define PARAMETERS_4 PARAMETERS_3, word a3
#define PARAMETERS_5 PARAMETERS_4, word a4
#define PARAMETERS_6 PARAMETERS_5, word a5
#define PARAMETERS_7 PARAMETERS_6, word a6
#define PARAMETERS_8 PARAMETERS_7, word a7
#define PARAMETERS_9 PARAMETERS_8, word a8
#define PARAMETERS_10 PARAMETERS_9, word a9
#define PARAMETERS_11 PARAMETERS_10, word a10
#define VALUES_0
#define VALUES_1 a0
#define VALUES_2 VALUES_1, a1
#define VALUES_3 VALUES_2, a2
#define VALUES_4 VALUES_3, a3
#define VALUES_5 VALUES_4, a4
#define VALUES_6 VALUES_5, a5
#define VALUES_7 VALUES_6, a6
#define VALUES_8 VALUES_7, a7
#define VALUES_9 VALUES_8, a8
#define VALUES_10 VALUES_9, a9
#define VALUES_11 VALUES_10, a10

#define CALL_PTSZ(name, count, reads, meaning) CALL(name, count, reads, meaning) CALL(name##_ptsz, count, reads, meaning)
#define CALL_PTDS(name, count, reads, meaning) CALL(name, count, reads, meaning) CALL(name##_ptds, count, reads, meaning)

#define CALL(name, count, reads, meaning)                \
  result name(PARAMETERS_##count) {                      \
    const word arguments[count + 1] = {VALUES_##count};  \
    return stand_in(#name, count, arguments);            \
  }                                                      \
  static result private_##name(PARAMETERS_##count) {     \
    const word arguments[count + 1] = {VALUES_##count};  \
    return stand_in(#name, count, arguments);            \
  }
#include TABLE
#undef CALL

static const struct {
  const char *name;
  function *exported, *hidden;
} entry_points[] = {
#define CALL(name, count, reads, meaning) {#name, (function *)name, (function *)private_##name},
#include TABLE
#undef CALL
};

enum { ENTRY_POINTS = sizeof entry_points / sizeof *entry_points };

static function *find(const char *name) {
  for (int i = 0; i < ENTRY_POINTS; i++) {
    if (strcmp(entry_points[i].name, name) == 0) {
      // A driver may hand out functions that it does not export.
      return getenv("STAND_IN_HIDDEN") != NULL ? entry_points[i].hidden : entry_points[i].exported;
    }
  }
  return NULL;
}

// The newest version of a symbol, with the suffix of a default stream per thread where that is asked for (flag 2) and exists.
static result procedure(const char *symbol, void **found, word flags) {
  static const char *const versions[] = {"_v4", "_v3", "_v2", ""};
  static const char *const suffixes[] = {"_ptsz", "_ptds", ""};
  char name[256];
  for (int suffix = flags & 2 ? 0 : 2; suffix < 3; suffix++) {
    for (int version = 0; version < 4; version++) {
      snprintf(name, sizeof name, "%s%s%s", symbol, versions[version], suffixes[suffix]);
      if ((*found = (void *)find(name)) != NULL) return 0;
    }
  }
  return 500;
}

result cuGetProcAddress_v2(const char *symbol, void **found, int version, word flags, void *status) {
  (void)version;
  (void)status;
  if (strcmp(symbol, "cuGetProcAddress") == 0) return *found = (void *)cuGetProcAddress_v2, 0;
  return procedure(symbol, found, flags);
}

result cuGetProcAddress(const char *symbol, void **found, int version, word flags) {
  if (strcmp(symbol, "cuGetProcAddress") == 0) return *found = (void *)(version >= 12000 ? (void *)cuGetProcAddress_v2 : (void *)cuGetProcAddress), 0;
  return procedure(symbol, found, flags);
}

void stand_in_perform(const struct plan *plan, function *function) {
  if (function == NULL) {
    for (int i = 0; i < ENTRY_POINTS && function == NULL; i++) {
      if (strcmp(entry_points[i].name, plan->name) == 0) function = entry_points[i].exported;
    }
  }
  const word *a = plan->arguments;
  const size_t index = account_count++;
  if (account_count > account_room) {
    account_room = account_room == 0 ? 4096 : 2 * account_room;
    accounts = realloc(accounts, account_room * sizeof *accounts);
  }
  accounts[index] = (struct account){.name = plan->name, .depth = depth, .returned = 0};
  depth++;
  planned = plan;
  errno = 0;
  const uint64_t before = now();
  accounts[index].before = before;
  const result value = function(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10]);
  const uint64_t after = now();
  accounts[index].error = errno;
  depth--;
  accounts[index].start = inner_start;
  accounts[index].end = inner_end;
  accounts[index].after = after;
  accounts[index].result = value;
  accounts[index].returned = 1;
}

void stand_in_account(const char *folder) {
  if (folder == NULL || account_count == 0) return;
  char path[4096];
  const long tid = syscall(SYS_gettid);
  snprintf(path, sizeof path, "%s/%d.%ld.%llu", folder, getpid(), tid, (unsigned long long)accounts[0].before);
  FILE *file = fopen(path, "w");
  if (file == NULL) abort();
  for (size_t i = 0; i < account_count; i++) {
    const struct account *a = &accounts[i];
    fprintf(file, "%s %d %llu %llu %llu %llu %u %d %d\n", a->name, a->depth, (unsigned long long)a->before,
            (unsigned long long)a->start, (unsigned long long)a->end, (unsigned long long)a->after, a->result, a->returned,
            a->error);
  }
  fclose(file);
  account_count = 0;
}
