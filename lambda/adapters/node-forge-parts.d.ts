// The types of node-forge know the whole of it only. The function loads it part by part: the whole has 300 KB.
declare module 'node-forge/lib/asn1.js' {
  import type forge from 'node-forge';
  const asn1: typeof forge.asn1;
  export = asn1;
}

declare module 'node-forge/lib/pkcs12.js' {
  import type forge from 'node-forge';
  const pkcs12: typeof forge.pkcs12;
  export = pkcs12;
}

declare module 'node-forge/lib/x509.js' {
  import type forge from 'node-forge';
  const pki: typeof forge.pki;
  export = pki;
}

declare module 'node-forge/lib/sha512.js' {
  import type forge from 'node-forge';
  const sha512: typeof forge.md.sha512;
  export = sha512;
}
