// How replay.c tells the stand-in libcuda what its next call is to do, and what the stand-in keeps account of.
#include <stddef.h>
#include <stdint.h>

typedef uint64_t word;
typedef uint32_t result;
typedef result function(word, word, word, word, word, word, word, word, word, word, word);

#define FOREVER UINT64_MAX

struct plan {
  const char *name;
  uint64_t duration;
  result result;
  int error, has_out, exact;
  word out;
  word arguments[11];
  unsigned argument_count;
  const struct plan *inside, *next;
};

// Nanoseconds of CLOCK_MONOTONIC: before and after the call, by who makes it; its start and end, by the entry point itself.
struct account {
  const char *name;
  uint64_t before, start, end, after;
  result result;
  int depth, returned, error;
};

// Makes a planned call through `function`, or, where that is NULL, through the exported symbol of its name.
void stand_in_perform(const struct plan *plan, function *function);

// Writes the account of this thread's calls to a file of its own in a folder: a line a call, in the order in which they began.
void stand_in_account(const char *folder);
