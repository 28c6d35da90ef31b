// What a socket says after its handshake: a file with a line per socket, used in turn. A line holds messages, a letter
// and hex each: "t7b7d b00ff" is one text and one binary message.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX = 65536 };

typedef struct {
  char **lines;
  size_t count;
} Hellos;

static size_t bytes_of(const char *hex, uint8_t *to, size_t size) {
  size_t length = 0;
  unsigned byte;
  while (length < size && sscanf(hex + 2 * length, "%2x", &byte) == 1) to[length++] = (uint8_t)byte;
  return length;
}

/** Replaces what was read before. */
static int read_hellos(Hellos *hellos, const char *path) {
  for (size_t i = 0; i < hellos->count; i++) free(hellos->lines[i]);
  hellos->count = 0;
  FILE *file = fopen(path, "r");
  if (file == NULL) return -1;
  static char line[LINE_MAX];
  while (fgets(line, sizeof line, file) != NULL) {
    line[strcspn(line, "\n")] = 0;
    hellos->lines = realloc(hellos->lines, (hellos->count + 1) * sizeof(char *));
    if (hellos->lines == NULL) abort();
    hellos->lines[hellos->count++] = strdup(line);
  }
  fclose(file);
  return 0;
}
