// Notes of one thread as lines in a file of its own, written through memory that is mapped: a line is in the file once it is
// written, also when the process is killed. Knows nothing of what the lines say; record.py reads them.
//
// A line is `TIME SEQUENCE PID TID KIND WORD... "TEXT`, all numbers hexadecimal; the time (CLOCK_MONOTONIC, nanoseconds) and the
// sequence, which counts what the thread had to say, have fixed widths, so that sorted lines are in order. What could not be
// written leaves a gap in the sequence, and counts in the process's file of losses.
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { CALIBRATION = 0xffff };

enum { LONGEST_TEXT = 1024, LONGEST_LINE = 3 * LONGEST_TEXT + 512, FIRST_CHUNK = 1 << 16, NEXT_CHUNK = 1 << 20 };

struct lane {
  char *map, *at, *end;
  off_t size;
  uint32_t sequence, tid;
  int busy, full, opened;
  char path[512];
};

struct note {
  struct lane *lane;
  char *at;
};

static __thread struct lane lane __attribute__((tls_model("initial-exec")));
static const char *spool_folder;
static uint32_t process;
static uint64_t *losses;
static pthread_key_t end_of_thread;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void spool_calibrate(void);

static inline uint64_t spool_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

// More of a file, mapped: its blocks are taken first, since a disk that is full would otherwise end the program with a bus error.
static char *spool_map(const char *path, off_t from, off_t length) {
  const int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return NULL;
  void *map = MAP_FAILED;
  if (posix_fallocate(file, from, length) == 0) {
    map = mmap(NULL, (size_t)length, PROT_READ | PROT_WRITE, MAP_SHARED, file, from);
  }
  close(file);
  return map == MAP_FAILED ? NULL : map;
}

static void spool_close(void *ignored) {
  (void)ignored;
  if (lane.map != NULL) munmap(lane.map, (size_t)(lane.end - lane.map));
  memset(&lane, 0, sizeof lane);
}

static void spool_process(void) {
  static uint64_t unwritten;
  char path[512];
  process = (uint32_t)getpid();
  losses = &unwritten;
  snprintf(path, sizeof path, "%s/%x.%llx.lost", spool_folder, process, (unsigned long long)spool_now());
  char *map = spool_map(path, 0, 4096);
  if (map != NULL) losses = (uint64_t *)map;
}

// A child has its parent's maps: it begins files of its own.
static void spool_child(void) {
  memset(&lane, 0, sizeof lane);
  if (spool_folder != NULL) spool_process();
}

static void spool_start(void) {
  const char *folder = getenv("WARPLAB_SPOOL");
  if (folder == NULL || folder[0] != '/' || strlen(folder) > 400) return;
  pthread_key_create(&end_of_thread, spool_close);
  pthread_atfork(NULL, NULL, spool_child);
  spool_folder = strdup(folder);
  spool_process();
}

static int spool_open(void) {
  pthread_once(&once, spool_start);
  if (spool_folder == NULL) return 0;
  const int first = lane.tid == 0;
  if (first) {
    lane.tid = (uint32_t)syscall(SYS_gettid);
    snprintf(lane.path, sizeof lane.path, "%s/%x.%x.%llx.calls", spool_folder, process, lane.tid,
             (unsigned long long)spool_now());
    pthread_setspecific(end_of_thread, &lane);
  }
  const off_t length = lane.size == 0 ? FIRST_CHUNK : NEXT_CHUNK;
  char *map = spool_map(lane.path, lane.size, length);
  if (lane.map != NULL) munmap(lane.map, (size_t)(lane.end - lane.map));
  lane.map = lane.at = map;
  lane.end = map == NULL ? NULL : map + length;
  lane.size += map == NULL ? 0 : length;
  lane.full = map == NULL;
  lane.opened = map != NULL;
  return map != NULL;
}

static inline char *spool_hex(char *at, uint64_t value) {
  static const char digits[] = "0123456789abcdef";
  int shift = value == 0 ? 0 : (63 - __builtin_clzll(value)) & ~3;
  for (; shift >= 0; shift -= 4) *at++ = digits[(value >> shift) & 15];
  return at;
}

static inline void spool_fixed(char *at, uint64_t value, int width) {
  static const char digits[] = "0123456789abcdef";
  for (; width > 0; value >>= 4) at[--width] = digits[value & 15];
}

// Begins a line; 0 where none can be written, which is counted. A signal that interrupts a line has none of its own.
static int spool_begin(struct note *note, char kind) {
  static __thread int calibrating;
  if (lane.busy) {
    __atomic_fetch_add(losses, 1, __ATOMIC_RELAXED);
    return 0;
  }
  lane.busy = 1;
  if (lane.end - lane.at < LONGEST_LINE && !lane.full) spool_open();
  lane.sequence++;
  if (lane.map == NULL) {
    if (spool_folder != NULL) __atomic_fetch_add(losses, 1, __ATOMIC_RELAXED);
    lane.busy = 0;
    return 0;
  }
  static uint32_t calibrated;
  if (calibrated != process && !calibrating) {
    calibrating = 1;
    calibrated = process;
    lane.busy = 0;
    lane.sequence--;
    spool_calibrate();
    calibrating = 0;
    return spool_begin(note, kind);
  }
  note->lane = &lane;
  char *at = lane.at + 16;
  *at++ = ' ';
  spool_fixed(at, lane.sequence, 8);
  at += 8;
  *at++ = ' ';
  spool_fixed(at, process, 8);
  at += 8;
  *at++ = ' ';
  at = spool_hex(at, lane.tid);
  *at++ = ' ';
  *at++ = kind;
  note->at = at;
  return 1;
}

static inline void spool_word(struct note *note, uint64_t value) {
  *note->at++ = ' ';
  note->at = spool_hex(note->at, value);
}

// A string, to the end of the line; control characters and the percent sign as %XX. What is longer ends in %.
static void spool_text(struct note *note, const char *text) {
  char *at = note->at;
  *at++ = ' ';
  *at++ = '"';
  int length = 0;
  for (; text != NULL && text[length] != 0 && length < LONGEST_TEXT; length++) {
    const unsigned char byte = (unsigned char)text[length];
    if (byte < 32 || byte == '%') {
      *at++ = '%';
      spool_fixed(at, byte, 2);
      at += 2;
    } else {
      *at++ = (char)byte;
    }
  }
  if (length == LONGEST_TEXT) *at++ = '%';
  note->at = at;
}

// Ends a line. Its line break comes last: a line without one was being written when the process was killed.
static inline void spool_end_at(struct note *note, uint64_t now) {
  spool_fixed(lane.at, now, 16);
  __atomic_signal_fence(__ATOMIC_RELEASE);
  *note->at++ = '\n';
  lane.at = note->at;
  lane.busy = 0;
}

static inline void spool_end_at_now(struct note *note) { spool_end_at(note, spool_now()); }
