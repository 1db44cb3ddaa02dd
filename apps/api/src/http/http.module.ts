import { Global, Module } from '@nestjs/common';
import { OutgoingHttp } from './outgoing.js';

/** Outgoing calls for every room. */
@Global()
@Module({ providers: [OutgoingHttp], exports: [OutgoingHttp] })
export class HttpModule {}
