// What a case brings, and the device's memory in which it is worked on.
#pragma once
#include "device.h"

template <typename T>
inline std::vector<T> read(size_t count) {
    std::vector<T> values(count);
    if (fread(values.data(), sizeof(T), count, stdin) != count) {
        fprintf(stderr, "the case is cut short\n");
        exit(2);
    }
    return values;
}

// Memory of the device, filled with NaN where nothing has been written, with a guard behind it.
struct Memory {
    std::vector<float> floats;
    size_t count;
    explicit Memory(size_t count, float fill = NAN) : floats(count + device::GUARDS, device::GUARD), count(count) {
        std::fill(floats.begin(), floats.begin() + count, fill);
    }
    explicit Memory(const std::vector<float>& values) : Memory(values.size()) {
        std::copy(values.begin(), values.end(), floats.begin());
    }
    float* at(size_t offset = 0) { return floats.data() + offset; }
    void check(const char* name) const {
        for (size_t i = 0; i < device::GUARDS; i++)
            if (floats[count + i] != device::GUARD) {
                fprintf(stderr, "%s: something wrote %zu floats behind it\n", name, i);
                exit(3);
            }
    }
    void write() const { fwrite(floats.data(), sizeof(float), count, stdout); }
};
