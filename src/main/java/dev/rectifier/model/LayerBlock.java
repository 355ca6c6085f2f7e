package dev.rectifier.model;

/**
 * One layer of one replica while it is being drawn, in fp64, zero at first.
 *
 * @param fanIn inputs of each unit
 * @param fanOut units
 * @param weight [fanOut, fanIn], row-major
 * @param bias [fanOut]; drawn, then dropped, where the network has none
 */
@SuppressWarnings("ArrayRecordComponent") // a working block, never compared
record LayerBlock(int fanIn, int fanOut, double[] weight, double[] bias) {
    static LayerBlock zeros(int fanIn, int fanOut) {
        return new LayerBlock(fanIn, fanOut, new double[Math.multiplyExact(fanIn, fanOut)], new double[fanOut]);
    }
}
