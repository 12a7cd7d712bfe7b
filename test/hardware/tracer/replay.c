// Makes the driver calls of a list, by process and thread, through the stand-in libcuda: replay WAY LIST ACCOUNTS. Knows nothing of
// tracers. WAY is how it comes by the functions: linked, dlsym, procedure (cuGetProcAddress), procedure_v2.
//
// A line of the list: PROCESS THREAD DEPTH NAME DURATION RESULT OUT ARGUMENT... with numbers in decimal; DURATION in nanoseconds or
// `forever`, OUT what the first argument's place is given, or `-`. An argument is a number, `@` for a place of its own, `"text`, with
// %XX for bytes, or `[4:1,8:2]`, a structure of numbers by their bytes. Instead of NAME also: !exit N, !_exit N, !kill, !term,
// !wait NS, !push TEXT, !pop. Other processes are children of the first; each thread makes its calls in the order of the list.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "libcuda.h"

enum { MOST = 64 };

struct step {
  int process, thread, depth;
  struct plan plan;
  const char *word;
  struct step *next;
};

static struct step *first[MOST][MOST], *last[MOST][MOST];
static const char *way, *accounts;
static void *library;
static result (*procedure)(const char *, void **, int, word);
static result (*procedure_v2)(const char *, void **, int, word, void *);

static const char *unescaped(const char *text) {
  char *whole = malloc(strlen(text) + 1), *at = whole;
  for (; *text != 0; text++) {
    unsigned byte;
    if (*text == '%' && sscanf(text + 1, "%2x", &byte) == 1) {
      *at++ = (char)byte;
      text += 2;
    } else {
      *at++ = *text;
    }
  }
  *at = 0;
  return whole;
}

static word argument(const char *text) {
  if (text[0] == '@') return (word)calloc(1, 64);
  if (text[0] == '"') return (word)unescaped(text + 1);
  if (text[0] != '[') return strtoull(text, NULL, 10);
  // Numbers of four or eight bytes: OFFSET:VALUE or OFFSET:VALUEw.
  char *structure = calloc(1, 512);
  for (const char *at = text; *at == '[' || *at == ',';) {
    char *end;
    const size_t offset = strtoul(at + 1, &end, 10);
    const word value = strtoull(end + 1, &end, 10);
    const size_t size = *end == 'w' ? 8 : 4;
    memcpy(structure + offset, &value, size);
    at = end + (*end == 'w');
  }
  return (word)structure;
}

// The function for a name, the way that was asked for. cuGetProcAddress is asked without the name's version and suffix.
static function *found(const char *name) {
  void *function = NULL;
  if (strcmp(way, "linked") == 0) return NULL;
  if (strcmp(way, "dlsym") == 0) return dlsym(library, name);
  char symbol[256];
  snprintf(symbol, sizeof symbol, "%s", name);
  char *suffix = strstr(symbol, "_pt");
  const word flags = suffix != NULL ? 2 : 1;
  if (suffix != NULL) *suffix = 0;
  char *version = strstr(symbol, "_v");
  if (version != NULL) *version = 0;
  if (procedure_v2 != NULL) procedure_v2(symbol, &function, 12000, flags, NULL);
  else procedure(symbol, &function, 11000, flags);
  return function;
}

static void act(const struct step *step) {
  const char *name = step->plan.name;
  if (strcmp(name, "!wait") == 0) {
    const struct timespec time = {(time_t)(step->plan.duration / 1000000000u), (long)(step->plan.duration % 1000000000u)};
    nanosleep(&time, NULL);
    return;
  }
  if (strcmp(name, "!push") == 0 || strcmp(name, "!pop") == 0) {
    int (*push)(const char *) = dlsym(RTLD_DEFAULT, "nvtxRangePushA");
    int (*pop)(void) = dlsym(RTLD_DEFAULT, "nvtxRangePop");
    if (push == NULL || pop == NULL) return;
    if (name[2] == 'u') push((const char *)step->plan.arguments[0]);
    else pop();
    return;
  }
  stand_in_account(accounts);
  if (strcmp(name, "!exit") == 0) exit((int)step->plan.result);
  if (strcmp(name, "!_exit") == 0) _exit((int)step->plan.result);
  if (strcmp(name, "!kill") == 0) kill(getpid(), SIGKILL);
  if (strcmp(name, "!term") == 0) kill(getpid(), SIGTERM);
}

static void *run(void *steps) {
  for (const struct step *step = steps; step != NULL; step = step->next) {
    if (step->plan.name[0] == '!') act(step);
    else stand_in_perform(&step->plan, found(step->plan.name));
  }
  stand_in_account(accounts);
  return NULL;
}

static int run_process(int process) {
  pthread_t threads[MOST];
  for (int thread = 1; thread < MOST; thread++) {
    if (first[process][thread] != NULL) pthread_create(&threads[thread], NULL, run, first[process][thread]);
  }
  run(first[process][0]);
  for (int thread = 1; thread < MOST; thread++) {
    if (first[process][thread] != NULL) pthread_join(threads[thread], NULL);
  }
  return 0;
}

static void read_list(FILE *file) {
  char *line = NULL;
  size_t size = 0;
  while (getline(&line, &size, file) > 0) {
    line[strcspn(line, "\n")] = 0;
    char *rest = strdup(line), *word = strsep(&rest, " ");
    struct step *step = calloc(1, sizeof *step);
    step->process = atoi(word);
    step->thread = atoi(strsep(&rest, " "));
    step->depth = atoi(strsep(&rest, " "));
    step->plan.name = strsep(&rest, " ");
    const char *duration = strsep(&rest, " ");
    step->plan.duration = strcmp(duration, "forever") == 0 ? FOREVER : strtoull(duration, NULL, 10);
    step->plan.result = (result)atoi(strsep(&rest, " "));
    const char *out = strsep(&rest, " ");
    step->plan.has_out = out[0] != '-';
    step->plan.out = strtoull(out, NULL, 10);
    step->plan.error = 42;
    step->plan.exact = 1;
    while ((word = strsep(&rest, " ")) != NULL) step->plan.arguments[step->plan.argument_count++] = argument(word);
    struct step **end = &last[step->process][step->thread];
    if (step->depth > 0) {
      // Inside the last call of the depth above, after those that are there.
      struct plan *outer = &(*end)->plan;
      for (int depth = 1; depth < step->depth; depth++) {
        outer = (struct plan *)outer->inside;
        while (outer->next != NULL) outer = (struct plan *)outer->next;
      }
      const struct plan **place = &outer->inside;
      while (*place != NULL) place = (const struct plan **)&((struct plan *)*place)->next;
      *place = &step->plan;
    } else {
      if (*end == NULL) first[step->process][step->thread] = step;
      else (*end)->next = step;
      *end = step;
    }
  }
}

int main(int count, char **words) {
  if (count != 4) return 2;
  way = words[1];
  accounts = words[3];
  FILE *file = fopen(words[2], "r");
  if (file == NULL) return 2;
  read_list(file);
  library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return 3;
  if (strcmp(way, "procedure") == 0) procedure = (result(*)(const char *, void **, int, word))dlsym(library, "cuGetProcAddress");
  if (strcmp(way, "procedure_v2") == 0) {
    procedure_v2 = (result(*)(const char *, void **, int, word, void *))dlsym(library, "cuGetProcAddress_v2");
  }
  pid_t children[MOST] = {0};
  for (int process = 1; process < MOST; process++) {
    if (first[process][0] == NULL) continue;
    if ((children[process] = fork()) == 0) exit(run_process(process));
  }
  const int status = run_process(0);
  for (int process = 1; process < MOST; process++) {
    if (children[process] != 0) waitpid(children[process], NULL, 0);
  }
  return status;
}
