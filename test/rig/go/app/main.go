// Command app is what the rig's own images run on a real node: a workload
// that answers, ends, or talks to the API server, and the pause container of
// every pod.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const account = "/var/run/secrets/kubernetes.io/serviceaccount/"

func main() {
	verb, rest := "serve", []string{}
	if len(os.Args) > 1 {
		verb, rest = os.Args[1], os.Args[2:]
	}
	switch {
	case verb == "serve":
		serve()
	case verb == "pause":
		waitForEnd()
	case verb == "print":
		fmt.Println(strings.Join(rest, " "))
	case verb == "exit" && len(rest) > 0:
		exit(rest)
	case verb == "api" && len(rest) == 1:
		api(rest[0])
	case verb == "get" && len(rest) == 1:
		get(rest[0])
	default:
		fail(fmt.Errorf("no such words: %s", strings.Join(os.Args[1:], " ")))
	}
}

// serve answers every request with the name of the image.
func serve() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	listener, err := net.Listen("tcp", ":"+port)
	if err != nil {
		fail(err)
	}
	fmt.Println("listening on", port, "as", os.Getenv("RIG_IMAGE"))
	go http.Serve(listener, http.HandlerFunc(func(answer http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(answer, os.Getenv("RIG_IMAGE"))
	}))
	waitForEnd()
}

func waitForEnd() {
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM, syscall.SIGINT)
	<-end
}

// exit ends with a code, after a while where one is given.
func exit(words []string) {
	code, err := strconv.Atoi(words[0])
	if err != nil {
		fail(err)
	}
	if len(words) > 1 {
		after, err := time.ParseDuration(words[1])
		if err != nil {
			fail(err)
		}
		time.Sleep(after)
	}
	os.Exit(code)
}

// api asks the API server as the pod's service account, and trusts only what the pod was given.
func api(path string) {
	token, err := os.ReadFile(account + "token")
	if err != nil {
		fail(err)
	}
	authority, err := os.ReadFile(account + "ca.crt")
	if err != nil {
		fail(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	client := http.Client{
		Timeout:   10 * time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}},
	}
	host := net.JoinHostPort(os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT"))
	request, err := http.NewRequest(http.MethodGet, "https://"+host+path, nil)
	if err != nil {
		fail(err)
	}
	request.Header.Set("Authorization", "Bearer "+string(token))
	tell(client.Do(request))
}

func get(url string) {
	client := http.Client{Timeout: 10 * time.Second}
	tell(client.Get(url))
}

// tell prints an answer: its status and its body.
func tell(answer *http.Response, err error) {
	if err != nil {
		fail(err)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		fail(err)
	}
	fmt.Println(answer.StatusCode, string(body))
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "app:", err)
	os.Exit(1)
}
