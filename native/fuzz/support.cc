// Options of the sanitizers that every fuzz target runs with, whoever starts it.

// Memory that nobody has written is 0xff, which as a float is NaN: whoever reads it gives other bits.
extern "C" const char* __asan_default_options() { return "max_malloc_fill_size=1073741824:malloc_fill_byte=255"; }

extern "C" const char* __ubsan_default_options() { return "print_stacktrace=1"; }
