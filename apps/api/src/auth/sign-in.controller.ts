import { Controller, Get, HttpCode, Param, Post, Query, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiFoundResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { GIT_PROVIDERS, SignInProvider } from '@openhands-jira/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppConfig } from '../config/config.js';
import { GitProviders } from '../git-providers/git-providers.service.js';
import { type Caller, CurrentCaller, Public } from '../security/access.js';
import { SignInEndLimit, SignInLimit } from '../security/minute-limit.guard.js';
import { OAUTH_BROWSER_COOKIE } from '../security/oauth-attempts.service.js';
import { clearSessionCookie, oauthBrowser, SESSION_COOKIE, setSessionCookie } from './cookies.js';
import { redirectToSignIn, SignInFailures } from './sign-in-failures.filter.js';
import { SignIn } from './sign-in.service.js';
import { Sessions } from './sessions.service.js';

/** Signing in and out, for browsers. */
@ApiTags('Sign-in')
@Public()
@Controller('auth')
export class SignInController {
  constructor(
    private readonly signIn: SignIn,
    private readonly sessions: Sessions,
    private readonly gitProviders: GitProviders,
    private readonly config: AppConfig,
  ) {}

  @Get('providers')
  @ApiOperation({ summary: 'The git providers that people can sign in with here' })
  @ApiOkResponse({ standardSchema: SignInProvider, isArray: true, description: 'Only the configured ones, in the order in which to show them' })
  providers(): SignInProvider[] {
    return this.gitProviders.list().map(({ id, name }) => ({ id, name, signInUrl: `/auth/${id}` }));
  }

  @Get(':provider')
  @UseGuards(SignInLimit)
  @UseFilters(SignInFailures)
  @ApiOperation({ summary: 'Begin to sign in' })
  @ApiParam({ name: 'provider', enum: GIT_PROVIDERS })
  @ApiQuery({ name: 'returnTo', required: false, type: String, description: 'Path on this site to come back to' })
  @ApiFoundResponse({ description: "To the provider's consent page, or to /sign-in?error=... when that is not possible" })
  async begin(@Param('provider') provider: string, @Query('returnTo') returnTo: unknown, @CurrentCaller() caller: Caller | undefined, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const browser = oauthBrowser(request, reply, this.config.secure);
    const url = await this.signIn.begin(provider, { browser, userId: isFromElsewhere(request) ? null : (caller?.userId ?? null), returnTo });
    if (url === null) return redirectToSignIn(reply, 'unknown_provider', returnTo);
    void reply.header('cache-control', 'no-store').redirect(url, 302);
  }

  @Get(':provider/callback')
  @UseGuards(SignInEndLimit)
  @UseFilters(SignInFailures)
  @ApiOperation({ summary: 'Where the provider sends the browser back to' })
  @ApiParam({ name: 'provider', enum: GIT_PROVIDERS })
  @ApiFoundResponse({ description: 'Signed in: to the wanted page. Otherwise to /sign-in?error=denied|expired|unreachable|failed|unknown_provider|too_many_requests, with returnTo when the wanted page is known' })
  async finish(@Param('provider') providerId: string, @CurrentCaller() caller: Caller | undefined, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = new URL(request.url, this.config.publicUrl).searchParams;
    const result = await this.signIn.finish({ providerId, query, browser: request.cookies[OAUTH_BROWSER_COOKIE], userId: caller?.userId ?? null });
    if (result.kind === 'failed') return redirectToSignIn(reply, result.error, result.returnTo);
    await this.replaceSession(request, reply, result.userId);
    void reply.header('cache-control', 'no-store').redirect(result.returnTo, 302);
  }

  @Post('sign-out')
  @HttpCode(204)
  @ApiOperation({ summary: 'End the session of this browser' })
  @ApiNoContentResponse({ description: 'Signed out, also when nobody was signed in' })
  async signOut(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    const token = request.cookies[SESSION_COOKIE];
    if (token) await this.sessions.end(token);
    clearSessionCookie(reply, this.config.secure);
  }

  /** The former session ends and a new one begins: a value that was in the cookie before means nothing afterwards. */
  private async replaceSession(request: FastifyRequest, reply: FastifyReply, userId: string): Promise<void> {
    const former = request.cookies[SESSION_COOKIE];
    if (former) await this.sessions.end(former);
    setSessionCookie(reply, await this.sessions.begin(userId), this.config.secure);
  }
}

/**
 * True when a page of another site opened this address. Whoever lured a browser here may also have signed it in at the provider with an
 * account of their own; added to the person who is signed in, that account would let them in as this person from then on.
 */
function isFromElsewhere(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}
