// Times in microseconds, kept to 1.6 % in a table of fixed size: 64 steps for each power of two.

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { STEPS = 64, POWERS = 36 };

typedef struct {
  uint64_t counts[STEPS * POWERS];
  uint64_t total;
  double max;
} Histogram;

static unsigned step_of(uint64_t micros) {
  if (micros < STEPS) return (unsigned)micros;
  unsigned power = 63 - (unsigned)__builtin_clzll(micros) - 5;
  unsigned step = (unsigned)(micros >> power);
  unsigned index = power * STEPS / 2 + step;
  return index < STEPS * POWERS ? index : STEPS * POWERS - 1;
}

/** Largest value of a step. */
static double micros_of(unsigned index) {
  if (index < STEPS) return index;
  unsigned power = (index - STEPS / 2) / (STEPS / 2);
  unsigned step = index - power * (STEPS / 2);
  return (double)(((uint64_t)step + 1) << power) - 1;
}

static void record(Histogram *histogram, double micros) {
  if (micros < 0) micros = 0;
  histogram->counts[step_of((uint64_t)micros)]++;
  histogram->total++;
  if (micros > histogram->max) histogram->max = micros;
}

static double percentile_ms(const Histogram *histogram, double percent) {
  uint64_t wanted = (uint64_t)((double)histogram->total * percent / 100.0 + 0.5), seen = 0;
  for (unsigned index = 0; index < STEPS * POWERS; index++) {
    seen += histogram->counts[index];
    if (seen >= wanted && seen > 0) {
      double micros = micros_of(index);
      return (micros < histogram->max ? micros : histogram->max) / 1000.0;
    }
  }
  return 0;
}

static void print_histogram(const char *name, const Histogram *histogram) {
  printf("\"%s\":{\"count\":%llu,\"p50\":%.3f,\"p99\":%.3f,\"p999\":%.3f,\"max\":%.3f}", name,
         (unsigned long long)histogram->total, percentile_ms(histogram, 50), percentile_ms(histogram, 99),
         percentile_ms(histogram, 99.9), histogram->max / 1000.0);
}
