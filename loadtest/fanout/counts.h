// What arrived: messages, wherever in a frame they stand, with their age, and marks that are counted beside them.

#define _GNU_SOURCE
#include <string.h>

#include "histogram.h"

enum { MARKS_MAX = 8, PATTERN_MAX = 64 };

typedef struct {
  uint8_t bytes[PATTERN_MAX];
  size_t length;
} Pattern;

static Pattern marks[MARKS_MAX];
static unsigned marks_count;

static struct {
  uint64_t deliveries, frames, bytes, reads, marks[MARKS_MAX];
  Histogram age, opening;
} counts;

static uint64_t occurrences(const uint8_t *text, size_t length, const Pattern *pattern) {
  uint64_t found = 0;
  for (const uint8_t *at; (at = memmem(text, length, pattern->bytes, pattern->length)) != NULL; found++) {
    length -= (size_t)(at - text) + pattern->length;
    text = at + pattern->length;
  }
  return found;
}

/** The number at `at`, which it moves behind it: ms with fractions. */
static double number_at(const uint8_t **at, const uint8_t *until) {
  double number = 0, scale = 0;
  for (; *at < until && ((**at >= '0' && **at <= '9') || **at == '.'); (*at)++) {
    if (**at == '.') {
      scale = 1;
    } else {
      number = number * 10 + (**at - '0');
      scale *= 10;
    }
  }
  return scale > 1 ? number / scale : number;
}

/** Counts the messages of one frame: who joins several is not counted as having sent one. Returns how many. */
static unsigned count_messages(const uint8_t *text, size_t length, double now_ms) {
  const uint8_t *until = text + length;
  unsigned messages = 0;
  for (unsigned mark = 0; mark < marks_count; mark++) counts.marks[mark] += occurrences(text, length, &marks[mark]);
  for (const uint8_t *at = text; (at = memmem(at, (size_t)(until - at), "\"t\":", 4)) != NULL;) {
    at += 4;
    double sent_ms = number_at(&at, until);
    messages++;
    // 0: nobody says when.
    if (sent_ms > 0) record(&counts.age, (now_ms - sent_ms) * 1000);
  }
  counts.deliveries += messages;
  return messages;
}
