import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { TrustedCertificateList, UpdateTrustedCertificates } from '@openhands-jira/contracts';
import { AdminOnly, type Caller, CurrentCaller } from '../security/access.js';
import { ApiProblems } from '../security/problem-answers.js';
import { Certificates } from './certificates.service.js';

/** Additional trusted CA certificates. */
@ApiTags('Administration')
@AdminOnly()
@Controller('api/v1/admin/certificates')
export class CertificatesController {
  constructor(private readonly certificates: Certificates) {}

  @Get()
  @ApiOperation({ summary: 'The certificates that are trusted on top of the system\'s' })
  @ApiOkResponse({ standardSchema: TrustedCertificateList })
  @ApiProblems('forbidden')
  list(): Promise<TrustedCertificateList> {
    return this.certificates.list();
  }

  @Put()
  @ApiOperation({ summary: 'Replace them; an empty text removes them all' })
  @ApiOkResponse({ standardSchema: TrustedCertificateList, description: 'Every outgoing call trusts them from now on' })
  @ApiProblems('validation_failed', 'forbidden', 'managed_by_environment')
  replace(@CurrentCaller() caller: Caller, @Body({ schema: UpdateTrustedCertificates }) { pem }: UpdateTrustedCertificates): Promise<TrustedCertificateList> {
    return this.certificates.replace(caller, pem);
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Trust more certificates; those that are trusted stay' })
  @ApiOkResponse({ standardSchema: TrustedCertificateList, description: 'All that are trusted now' })
  @ApiProblems('validation_failed', 'forbidden', 'managed_by_environment')
  add(@CurrentCaller() caller: Caller, @Body({ schema: UpdateTrustedCertificates }) { pem }: UpdateTrustedCertificates): Promise<TrustedCertificateList> {
    return this.certificates.add(caller, pem);
  }

  @Delete(':fingerprint')
  @ApiOperation({ summary: 'Trust one certificate no longer, named by its SHA-256 fingerprint' })
  @ApiOkResponse({ standardSchema: TrustedCertificateList, description: 'Those that are still trusted' })
  @ApiProblems('forbidden', 'not_found', 'managed_by_environment')
  remove(@CurrentCaller() caller: Caller, @Param('fingerprint') fingerprint: string): Promise<TrustedCertificateList> {
    return this.certificates.remove(caller, fingerprint);
  }
}
