// The tracer that is preloaded: stands before the entry points of the CUDA driver and notes each call's beginning and end, as does
// a program that NVTX ranges are sent to. Notes go through memory mapped files (spool.h), which outlive the process however it ends.
// Knows nothing of what the calls mean: that is record.py's, which also compiles this with `gcc -shared -fPIC -O2 -pthread`.
//
// A program comes to the driver in one of three ways, and each is met: its own symbols (a library that is preloaded comes first),
// dlsym on libcuda, and cuGetProcAddress, by which the CUDA runtime asks for everything.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "spool.h"

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t word;
typedef uint32_t result;

enum { RESULT_NOT_FOUND = 500 };

// Every argument of these entry points is an integer or a pointer, so each is passed on as the register or stack slot that it came in.
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

enum { NONE, OUT, OUT2, OUT_TEXT1, OUT_TEXT2, COPY2D, COPY3D, CONFIG };

enum entry_point {
#define CALL(name, count, reads, meaning) FN_##name,
#include "entry_points.def"
#undef CALL
  ENTRY_POINTS
};

static const char *const names[] = {
#define CALL(name, count, reads, meaning) #name,
#include "entry_points.def"
#undef CALL
};

// What a wrapper passes a call on to, and where libcuda has each entry point.
static void *targets[ENTRY_POINTS];
static void *addresses[ENTRY_POINTS];

static void *target_of(enum entry_point fn);

// The 32-bit words from `from` that a structure has at an index, and its 64-bit ones.
static word half_word(word from, unsigned index) { return ((const uint32_t *)from)[index]; }
static word whole_word(word from, unsigned index) { return ((const word *)from)[index]; }

static void note_enter(unsigned fn, unsigned count, int reads, const word *arguments) {
  struct note note;
  if (!spool_begin(&note, '>')) return;
  spool_word(&note, fn);
  for (unsigned i = 0; i < count; i++) spool_word(&note, arguments[i]);
  const word from = count > 0 ? arguments[0] : 0;
  if (reads >= COPY2D && from != 0) {
    // CUDA_MEMCPY2D and CUDA_MEMCPY3D: the kinds of memory, then the extents. CUlaunchConfig: grid, block, shared memory, stream.
    if (reads == COPY2D) {
      spool_word(&note, half_word(from, 4));
      spool_word(&note, half_word(from, 18));
      for (unsigned i = 14; i < 16; i++) spool_word(&note, whole_word(from, i));
    } else if (reads == COPY3D) {
      spool_word(&note, half_word(from, 8));
      spool_word(&note, half_word(from, 30));
      for (unsigned i = 22; i < 25; i++) spool_word(&note, whole_word(from, i));
    } else {
      for (unsigned i = 0; i < 7; i++) spool_word(&note, half_word(from, i));
      spool_word(&note, whole_word(from, 4));
    }
  }
  spool_end_at_now(&note);
}

static void note_leave(unsigned fn, word now, int reads, const word *arguments, result value) {
  struct note note;
  if (!spool_begin(&note, '<')) return;
  spool_word(&note, fn);
  spool_word(&note, value);
  if (value == 0 && reads >= OUT && reads <= OUT_TEXT2) {
    spool_word(&note, arguments[0] != 0 ? whole_word(arguments[0], 0) : 0);
    if (reads == OUT2) spool_word(&note, arguments[1] != 0 ? whole_word(arguments[1], 0) : 0);
  }
  if (reads == OUT_TEXT1) spool_text(&note, (const char *)arguments[1]);
  if (reads == OUT_TEXT2) spool_text(&note, (const char *)arguments[2]);
  spool_end_at(&note, now);
}

// One entry point: its beginning is noted last before the call and its end first after it, so that a duration has nothing of the
// notes in it. errno is as the driver leaves it.
#define CALL(name, count, reads, meaning)                                       \
  EXPORT result name(PARAMETERS_##count) {                                      \
    result (*target)(PARAMETERS_##count) = target_of(FN_##name);                \
    if (target == NULL) return RESULT_NOT_FOUND;                                \
    const word arguments[count + 1] = {VALUES_##count};                         \
    const int before = errno;                                                   \
    note_enter(FN_##name, count, reads, arguments);                             \
    errno = before;                                                             \
    const result value = target(VALUES_##count);                                \
    const word now = spool_now();                                               \
    const int after = errno;                                                    \
    note_leave(FN_##name, now, reads, arguments, value);                        \
    errno = after;                                                              \
    return value;                                                               \
  }
#include "entry_points.def"
#undef CALL

static void *const wrappers[] = {
#define CALL(name, count, reads, meaning) (void *)name,
#include "entry_points.def"
#undef CALL
};

// What one call costs: as many calls of nothing as give a steady figure, noted as all others and known by their number.
void spool_calibrate(void) {
  const word nothing[2] = {0, 0};
  for (int i = 0; i < 200; i++) {
    note_enter(CALIBRATION, 2, NONE, nothing);
    note_leave(CALIBRATION, spool_now(), NONE, nothing, 0);
  }
}

// ---- Finding the driver's functions

typedef void *(*dlsym_function)(void *, const char *);
static dlsym_function real_dlsym;

// dlsym itself cannot be asked for by dlsym, which is this library's: by the versions that glibc has had it under.
static void find_dlsym(void) {
  static const char *const versions[] = {"GLIBC_2.34", "GLIBC_2.17", "GLIBC_2.2.5", "GLIBC_2.27"};
  for (unsigned i = 0; real_dlsym == NULL && i < sizeof versions / sizeof *versions; i++) {
    real_dlsym = (dlsym_function)dlvsym(RTLD_NEXT, "dlsym", versions[i]);
  }
}

static int number_of(const char *name) {
  for (int fn = 0; fn < ENTRY_POINTS; fn++) {
    if (strcmp(names[fn], name) == 0) return fn;
  }
  return -1;
}

static void *target_of(enum entry_point fn) {
  if (targets[fn] != NULL) return targets[fn];
  if (real_dlsym == NULL) find_dlsym();
  void *found = real_dlsym(RTLD_NEXT, names[fn]);
  if (found == NULL) {
    void *library = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_NOLOAD);
    if (library != NULL) found = real_dlsym(library, names[fn]);
  }
  return targets[fn] = found == wrappers[fn] ? NULL : found;
}

typedef result (*procedure_v1)(const char *, void **, int, word);
typedef result (*procedure_v2)(const char *, void **, int, word, void *);
static procedure_v1 real_procedure_v1;
static procedure_v2 real_procedure_v2;

static void learn_addresses(void *in_libcuda) {
  static int learned;
  Dl_info info;
  if (learned || dladdr(in_libcuda, &info) == 0) return;
  void *library = dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
  if (library == NULL) return;
  for (int fn = 0; fn < ENTRY_POINTS; fn++) addresses[fn] = real_dlsym(library, names[fn]);
  learned = 1;
}

// Whether `name` is `symbol` with a version: cuMemAlloc_v2 for cuMemAlloc, and with a suffix where the default stream is the thread's.
static int is_version_of(const char *name, const char *symbol, int per_thread) {
  const size_t length = strlen(symbol);
  if (strncmp(name, symbol, length) != 0) return 0;
  const char *rest = name + length;
  if (rest[0] == '_' && rest[1] == 'v' && rest[2] >= '0' && rest[2] <= '9') rest += 3;
  if (per_thread && (strcmp(rest, "_ptsz") == 0 || strcmp(rest, "_ptds") == 0)) return 1;
  return rest[0] == 0;
}

static void *const procedures[];

// The wrapper of what cuGetProcAddress found: by its address, which says the version, else the newest by name that is not taken.
// What is no entry point of the table stays as it is.
static void *wrapper_of(void *found, const char *symbol, int per_thread) {
  if (strcmp(symbol, "cuGetProcAddress") == 0) {
    if (found == (void *)real_procedure_v1) return procedures[0];
    if (found == (void *)real_procedure_v2) return procedures[1];
    return found;
  }
  int chosen = -1;
  for (int fn = 0; fn < ENTRY_POINTS; fn++) {
    if (wrappers[fn] == found) return found;
    if (addresses[fn] == found && is_version_of(names[fn], symbol, per_thread)) chosen = fn;
  }
  for (int wanted = per_thread; chosen < 0 && wanted >= 0; wanted--) {
    for (int fn = 0; fn < ENTRY_POINTS; fn++) {
      if (is_version_of(names[fn], symbol, wanted) && (targets[fn] == NULL || targets[fn] == found)) chosen = fn;
    }
  }
  if (chosen < 0) return found;
  targets[chosen] = found;
  return wrappers[chosen];
}

enum { PER_THREAD_DEFAULT_STREAM = 2 };

EXPORT result cuGetProcAddress(const char *symbol, void **function, int version, word flags) {
  if (real_procedure_v1 == NULL) {
    if (real_dlsym == NULL) find_dlsym();
    real_procedure_v1 = (procedure_v1)real_dlsym(RTLD_NEXT, "cuGetProcAddress");
    if (real_procedure_v1 == NULL) return RESULT_NOT_FOUND;
  }
  learn_addresses((void *)real_procedure_v1);
  const result value = real_procedure_v1(symbol, function, version, flags);
  if (value == 0 && function != NULL && *function != NULL) {
    *function = wrapper_of(*function, symbol, (flags & PER_THREAD_DEFAULT_STREAM) != 0);
  }
  return value;
}

EXPORT result cuGetProcAddress_v2(const char *symbol, void **function, int version, word flags, void *status) {
  if (real_procedure_v2 == NULL) {
    if (real_dlsym == NULL) find_dlsym();
    real_procedure_v2 = (procedure_v2)real_dlsym(RTLD_NEXT, "cuGetProcAddress_v2");
    if (real_procedure_v2 == NULL) return RESULT_NOT_FOUND;
  }
  learn_addresses((void *)real_procedure_v2);
  const result value = real_procedure_v2(symbol, function, version, flags, status);
  if (value == 0 && function != NULL && *function != NULL) {
    *function = wrapper_of(*function, symbol, (flags & PER_THREAD_DEFAULT_STREAM) != 0);
  }
  return value;
}

static void *const procedures[] = {(void *)cuGetProcAddress, (void *)cuGetProcAddress_v2};

static void *looked_up(const char *name, void *found) {
  if (found == NULL) return NULL;
  if (strcmp(name, "cuGetProcAddress") == 0) {
    if (found != procedures[0]) real_procedure_v1 = (procedure_v1)found;
    return procedures[0];
  }
  if (strcmp(name, "cuGetProcAddress_v2") == 0) {
    if (found != procedures[1]) real_procedure_v2 = (procedure_v2)found;
    return procedures[1];
  }
  const int fn = number_of(name);
  if (fn < 0) return found;
  // This library's own is found in the place of a libcuda that is not there: then there is none.
  if (found == wrappers[fn]) return target_of(fn) == NULL ? NULL : found;
  if (targets[fn] == NULL) targets[fn] = found;
  return wrappers[fn];
}

EXPORT void *dlsym(void *restrict handle, const char *restrict name) {
  if (real_dlsym == NULL) find_dlsym();
  // The rest goes on as a jump, so that RTLD_NEXT still counts from the caller.
  if (name[0] != 'c' || name[1] != 'u') return real_dlsym(handle, name);
  return looked_up(name, real_dlsym(handle, name));
}

// ---- Ranges that a program marks with NVTX, which loads the library that NVTX_INJECTION64_PATH names and asks it for these

static __thread int range_level;

static void note_range(char kind, const char *text) {
  const int before = errno;
  struct note note;
  if (spool_begin(&note, kind)) {
    if (text != NULL) spool_text(&note, text);
    spool_end_at_now(&note);
  }
  errno = before;
}

EXPORT int nvtxRangePushA(const char *message) {
  note_range('{', message != NULL ? message : "");
  return range_level++;
}

EXPORT int nvtxRangePop(void) {
  if (range_level == 0) return -1;
  note_range('}', NULL);
  return --range_level;
}

// nvtxEventAttributes_t, of which only the kind of its message (1 is char) and the message are read.
struct nvtx_attributes {
  uint16_t version, size;
  uint32_t category, colour_type, colour, payload_type, reserved;
  word payload;
  uint32_t message_type;
  const char *message;
};

EXPORT int nvtxRangePushEx(const struct nvtx_attributes *attributes) {
  return nvtxRangePushA(attributes != NULL && attributes->message_type == 1 ? attributes->message : "");
}

struct nvtx_callbacks {
  size_t size;
  int (*functions)(uint32_t module, void ****table, unsigned *count);
};

EXPORT int InitializeInjectionNvtx2(const void *(*export_table)(uint32_t)) {
  enum { CALLBACKS = 1, CORE = 1, PUSH_EX = 8, PUSH_A = 9, POP = 11 };
  const struct nvtx_callbacks *callbacks = export_table(CALLBACKS);
  void ***table = NULL;
  unsigned count = 0;
  if (callbacks == NULL || !callbacks->functions(CORE, &table, &count) || count <= POP) return 0;
  *table[PUSH_EX] = (void *)nvtxRangePushEx;
  *table[PUSH_A] = (void *)nvtxRangePushA;
  *table[POP] = (void *)nvtxRangePop;
  return 1;
}
