import { Global, Module } from '@nestjs/common';
import { OutgoingHttp } from './outgoing.js';
import { TrustedCertificates } from './trusted-certificates.service.js';

/** Outgoing calls for every room, and whom they trust. */
@Global()
@Module({ providers: [OutgoingHttp, TrustedCertificates], exports: [OutgoingHttp, TrustedCertificates] })
export class HttpModule {}
