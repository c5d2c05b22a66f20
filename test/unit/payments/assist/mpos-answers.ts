/** Answers of the services of Assist's own till application, as the paper has them (assist.md 15). */
import { BILL, NUMBER, QR } from './assist-run.ts';

function soap(inner: string): string {
  return `<?xml version="1.0" encoding="utf-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>${inner}</soapenv:Body></soapenv:Envelope>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function fieldsOf(fields: Record<string, string>): string {
  return Object.entries(fields)
    .map(([name, value]) => `<${name}>${escaped(value)}</${name}>`)
    .join('');
}

/** Answer to `payment`. @param qr '' = there is none */
export function paymentAnswer(state: string, more: Record<string, string> = {}, qr = ''): string {
  const fields = {
    ordernumber: NUMBER,
    billnumber: `${BILL}.1`,
    orderamount: '1.00',
    ordercurrency: 'RUB',
    orderdate: '15.01.2030 07:00:00',
    orderstate: state,
    testmode: '0',
    responsecode: state === 'Approved' ? 'AS000' : 'AS300',
    ...more,
  };
  const plain = qr === '' ? '' : `<qrcode><plain>${escaped(qr)}</plain></qrcode>`;
  return soap(`<payment>${fieldsOf(fields)}${plain}</payment>`);
}

/** The open order with its QR, as the result for phones tells it. */
export function orderAnswer(qr: string, more: Record<string, string> = {}): string {
  const order = {
    ordernumber: NUMBER,
    billnumber: BILL,
    orderamount: '1.00',
    ordercurrency: 'RUB',
    orderstate: 'In Process',
    ...more,
  };
  const plain = qr === '' ? '' : `<qrcode><plain>${escaped(qr)}</plain></qrcode>`;
  const operation = `<operation><billnumber>${order.billnumber}.1</billnumber>${plain}</operation>`;
  return soap(
    `<ws:orderresultResponse xmlns:ws="u"><orderresult><order>${fieldsOf(order)}${operation}</order></orderresult></ws:orderresultResponse>`,
  );
}

export function registrationAnswer(id: string): string {
  return soap(`<getRegistrationResponse><registration_id>${escaped(id)}</registration_id></getRegistrationResponse>`);
}

export function soapFault(first: string, second: string): string {
  return soap(`<soapenv:Fault><faultcode>${first}</faultcode><faultstring>${second}</faultstring></soapenv:Fault>`);
}

export const SHOWN = paymentAnswer('In Process', {}, QR);
