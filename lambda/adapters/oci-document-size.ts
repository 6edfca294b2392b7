/**
 * OCI takes a bundle of up to 25 KB and does not say whether before or after base64. The stricter reading: 25,600
 * characters of base64 hold 19,200 bytes.
 */
export const OCI_DOCUMENT_BYTES_MAX = 19_200;
