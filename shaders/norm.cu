// Sums of squares, one per block, in double precision and in an order that the launch's shape alone decides.

extern "C" __global__ void squares(const float* values, unsigned long long count, double* sums) {
    const unsigned int warp = threadIdx.x / 32, warps = blockDim.x / 32;
    const unsigned long long stride = (unsigned long long)gridDim.x * blockDim.x;
    double sum = 0.0;
    for (unsigned long long i = (unsigned long long)blockIdx.x * blockDim.x + threadIdx.x; i < count; i += stride)
        sum += (double)values[i] * (double)values[i];
    for (int distance = 16; distance > 0; distance /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, distance);
    // One sum per warp: the host adds them in order.
    if (threadIdx.x % 32 == 0) sums[(unsigned long long)blockIdx.x * warps + warp] = sum;
}
