/**
 * The services of Assist mPOS (assist.md 15) in front of a server that has only the forms: each SOAP request goes on as the form that does
 * the same, so that the network, the faults and the books are the server's own, and its answer comes back in SOAP.
 */
import { DEFAULT_SETTINGS as ASSIST_ACCOUNT } from '../../src/emulators/assist/settings.ts';
import { qrcIdOf, sbpLink } from '../../src/emulators/sbp-link.ts';
import type { HttpRequest } from '../../src/payments/driver.ts';
import type { HttpResult } from '../../src/payments/http.ts';

export interface MposDesk {
  /** What goes over the wire for it; a request that is no SOAP stays as it is. */
  forward(request: HttpRequest): HttpRequest;
  /** The answer to the request as it was. */
  back(request: HttpRequest, result: HttpResult): HttpResult;
}

export interface DeskOptions {
  /** False: the result for phones shows no QR. */
  qrAgain?: boolean;
  /** False: the answer to an order of СБП has no QR. */
  qrAtOnce?: boolean;
  /** What it calls the register. */
  registrationId?: string;
  /** Of the server behind. */
  password?: string;
}

interface ServerOrder {
  ordernumber: string;
  billnumber: string;
  orderamount: string;
  ordercurrency: string;
  orderstate: string;
}

export function mposDesk({
  qrAgain = true,
  qrAtOnce = true,
  registrationId = 'REG-1',
  password = ASSIST_ACCOUNT.password,
}: DeskOptions = {}): MposDesk {
  return {
    forward(request) {
      const service = serviceOf(request);
      if (service === null) return request;
      const asked = fieldsIn(request.body ?? '');
      return { ...request, ...formOf(service, asked, { url: request.url, password }) };
    },

    back(request, result) {
      const service = serviceOf(request);
      if (service === null || !('reply' in result)) return result;
      const { reply } = result;
      const soap = (body: string, status = 200): HttpResult => ({
        reply: { ...reply, status, body: `<s:Envelope xmlns:s="u"><s:Body>${body}</s:Body></s:Envelope>` },
      });
      const told = jsonIn(reply.body);
      // What is no answer of the server at all stays as it came.
      if (told === null) return result;
      const fault = told['fault'] ?? told;
      if (typeof fault.faultcode === 'string') {
        const pair = `<faultcode>${fault.faultcode}</faultcode><faultstring>${fault.faultstring}</faultstring>`;
        return soap(`<s:Fault>${pair}</s:Fault>`, reply.status);
      }
      if (reply.status !== 200) return result;
      const asked = fieldsIn(request.body ?? '');
      switch (service) {
        case 'payment': {
          const isSbp = asked.get('paymentmode') === '30';
          return soap(`<payment>${orderXml(told.order)}${isSbp && qrAtOnce ? qrXml(told.order) : ''}</payment>`);
        }
        case 'registration':
          return soap(
            `<getRegistrationResponse><registration_id>${registrationId}</registration_id></getRegistrationResponse>`,
          );
        case 'result': {
          if (asked.get('registration_id') !== registrationId) {
            return soap('<s:Fault><faultcode>10</faultcode><faultstring>221</faultstring></s:Fault>', 500);
          }
          const order: ServerOrder = told.orderstate;
          const isOpen = ['In Process', 'В процессе'].includes(order.orderstate);
          const operation = `<operation>${isOpen && qrAgain ? qrXml(order) : ''}</operation>`;
          const one = `<order>${orderXml(order)}${operation}</order>`;
          return soap(`<orderresultResponse><orderresult>${one}</orderresult></orderresultResponse>`);
        }
      }
    },
  };
}

type Service = 'payment' | 'registration' | 'result';

function serviceOf({ url }: HttpRequest): Service | null {
  if (url.endsWith('/mpos/mobilepayment.cfm')) return 'payment';
  if (url.endsWith('/registration/mobileregistration.cfm')) return 'registration';
  return url.endsWith('/orderresult/mobileorderresult.cfm') ? 'result' : null;
}

/** The form that does the same at a server of forms. */
function formOf(
  service: Service,
  asked: Map<string, string>,
  server: { url: string; password: string },
): Pick<HttpRequest, 'url' | 'headers' | 'body'> {
  const { origin } = new URL(server.url);
  const field = (name: string) => asked.get(name) ?? '';
  const own: Record<string, string> = { Merchant_ID: field('merchant_id'), Format: '5' };
  const login = { Login: field('login'), Password: field('password') };
  const to = (path: string, fields: Record<string, string>) => ({
    url: `${origin}${path}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: new URLSearchParams({ ...own, ...fields }).toString(),
  });
  if (service === 'payment') {
    const order = {
      ...login,
      OrderNumber: field('ordernumber'),
      OrderAmount: field('orderamount'),
      OrderCurrency: field('ordercurrency'),
    };
    if (field('paymentmode') === '30') return to('/pay/fastpay.cfm', order);
    return to('/xpos/payment.cfm', { PaymentMode: 'CASH', ...order, OrderDate: dateIn(field('ordernumber')) });
  }
  // A phone's registration stands in for a password; the server of forms wants one. Services that no machine polls, so that a fault
  // at one of these calls is a fault at no other.
  const account = { login: ASSIST_ACCOUNT.login, password: server.password };
  if (service === 'result') {
    const { login: Login, password: Password } = account;
    return to('/orderstate/orderstate.cfm', { Login, Password, Ordernumber: field('ordernumber') });
  }
  return {
    url: `${origin}/api/v1/auth/login.cfm`,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ ...account, audience: 'POS', components: 'ws/cancelbynumber' }),
  };
}

/** `20300115_100300_000` is the shop's wall clock, three hours before GMT's. */
function dateIn(orderNumber: string): string {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)/.exec(orderNumber) ?? [];
  const at = new Date(Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h) - 3, Number(mi), Number(s)));
  const [date = '', time = ''] = at.toISOString().split('T');
  return `${date.split('-').reverse().join('.')} ${time.slice(0, 8)}`;
}

function fieldsIn(body: string): Map<string, string> {
  const found = body.matchAll(/<([A-Za-z_]+)>([^<]*)<\/\1>/g);
  return new Map([...found].map(([, name = '', value = '']) => [name.toLowerCase(), plain(value)]));
}

// biome-ignore lint/suspicious/noExplicitAny: whatever the server of forms says
function jsonIn(body: string): any {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

function orderXml(order: ServerOrder): string {
  const fields = Object.entries(order).filter(([, value]) => typeof value === 'string' || typeof value === 'number');
  return fields.map(([name, value]) => `<${name}>${xml(String(value))}</${name}>`).join('');
}

/** The link that the server has made for this order. */
function qrXml(order: ServerOrder): string {
  const serial = Number(String(order.billnumber).split('.')[0]?.slice(-9));
  const sumKopecks = Math.round(Number(order.orderamount) * 100);
  const link = sbpLink({ qrcId: qrcIdOf('dynamic', serial.toString(32)), kind: 'dynamic', sumKopecks });
  return `<qrcode><plain>${xml(link)}</plain></qrcode>`;
}

function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function plain(text: string): string {
  const marks: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => marks[name] ?? '');
}
