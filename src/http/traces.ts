import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, RequestListener } from 'node:http';
import {
  type Context,
  defaultTextMapGetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  NodeTracerProvider,
} from '@opentelemetry/sdk-trace-node';
import { type Traces } from './answered.ts';
import { withoutSecrets } from './log.ts';

const NAME = 'diplomatic-events';

/**
 * Traces that are sent to a collector (OTLP over HTTP, below `/v1/traces`). What else OpenTelemetry lets be set is read from the
 * variables that its specification names: `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_SAMPLER`,
 * `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_BSP_SCHEDULE_DELAY`.
 */
export function tracesTo(endpoint: string, version: string): Traces {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({
      'service.name': NAME,
      'service.version': version,
    }).merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [
      new BatchSpanProcessor(
        new OTLPTraceExporter({
          url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
        }),
      ),
    ],
  });
  const tracer = provider.getTracer(NAME, version);
  const propagator = new W3CTraceContextPropagator();
  const current = new AsyncLocalStorage<Context>();
  const spans = new WeakMap<object, Span>();

  const begin = (request: IncomingMessage): Context => {
    const { method = '', url = '', headers } = request;
    const from = propagator.extract(
      ROOT_CONTEXT,
      headers,
      defaultTextMapGetter,
    );
    const [path = '', query] = withoutSecrets(url).split('?');
    const span = tracer.startSpan(
      method,
      {
        kind: SpanKind.SERVER,
        attributes: {
          'http.request.method': method,
          'url.path': path,
          ...(query === undefined ? {} : { 'url.query': query }),
        },
      },
      from,
    );
    spans.set(request, span);
    return trace.setSpan(from, span);
  };

  return {
    around(server) {
      const next = server.listeners('request').at(-1) as RequestListener;
      server.removeListener('request', next);
      server.on('request', (request, response) =>
        current.run(begin(request), () => next.call(server, request, response)),
      );
    },
    answered(request, { route, status, from, bytes }) {
      const span = spans.get(request);
      if (span === undefined) return null;
      const { method } = request as IncomingMessage;
      if (route !== null) {
        span.updateName(`${method} ${route}`);
        span.setAttribute('http.route', route);
      }
      span.setAttributes({
        'http.response.status_code': status,
        'http.response.body.size': bytes,
        'answered.from': from,
      });
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
      return span.spanContext().traceId;
    },
    statement(kind) {
      const context = current.getStore();
      if (context === undefined) return () => undefined;
      const span = tracer.startSpan(
        kind,
        {
          kind: SpanKind.CLIENT,
          attributes: {
            'db.system.name': 'postgresql',
            'db.query.summary': kind,
          },
        },
        context,
      );
      return (error) => {
        if (error !== null) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      };
    },
    // Nobody waits longer for a collector that does not answer: what it has not heard is lost.
    close: () => provider.shutdown().catch(() => undefined),
  };
}
