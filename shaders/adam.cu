// One step of Adam: every value is read and written once.

extern "C" __global__ void adam(float* values, const float* gradient, float* first, float* second,
                                unsigned long long count, float scale, float step, float root, float beta1, float beta2,
                                float eps) {
    const unsigned long long stride = (unsigned long long)gridDim.x * blockDim.x;
    for (unsigned long long i = (unsigned long long)blockIdx.x * blockDim.x + threadIdx.x; i < count; i += stride) {
        const float scaled = scale * gradient[i];
        const float mean = beta1 * first[i] + (1.0f - beta1) * scaled;
        const float square = beta2 * second[i] + (1.0f - beta2) * (scaled * scaled);
        first[i] = mean;
        second[i] = square;
        values[i] -= step * mean / (sqrtf(square) * root + eps);
    }
}
